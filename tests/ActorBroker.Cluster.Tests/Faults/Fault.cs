namespace ActorBroker.Cluster.Tests.Faults;

/// <summary>Something that befalls a cluster while its clients work.</summary>
internal enum Fault
{
    /// <summary>A node is killed, its queues are served elsewhere, and it is started again.</summary>
    Kill,

    /// <summary>A node is killed and started again at once, before the others have given it up.</summary>
    KillAndStart,

    /// <summary>A node is halted for longer than the others wait for it, and goes on without knowing.</summary>
    Halt,

    /// <summary>A node is halted for a moment that the others do not mind.</summary>
    ShortHalt,

    /// <summary>A node and the others do not hear each other, and all reach the database.</summary>
    Halves,

    /// <summary>A node hears nobody, the database neither.</summary>
    OneNode,

    /// <summary>What a node sends does not reach one other, which it hears.</summary>
    OneWay,

    /// <summary>Two nodes do not hear each other, and a third hears both.</summary>
    Bridge,

    /// <summary>Each node in turn is asked to end, and started again.</summary>
    RollingRestart,

    /// <summary>The database is killed, and started again.</summary>
    DatabaseCrash,

    /// <summary>The database is stopped in order, and started again.</summary>
    DatabaseStop,
}
