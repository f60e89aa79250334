using LinqToDB;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// One database with a journal and snapshots, whose tables are there: ready before the actor system starts, and disposed
/// of after it has ended.
/// </summary>
internal interface IJournalStore : IDisposable
{
    /// <summary>Name of the settings in hocon/journals that its plug-ins have.</summary>
    string Kind { get; }

    /// <summary>How Akka.Persistence.Sql and readers connect.</summary>
    DataOptions Connections { get; }

    /// <summary>Keeps what cannot be read; null where nothing does.</summary>
    JournalQuarantine? Quarantine { get; }
}
