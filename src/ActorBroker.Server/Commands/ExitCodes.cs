namespace ActorBroker.Server.Commands;

/// <summary>What the process says by its end.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>It could not be done; standard error says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Misused = 2;

    /// <summary>It was done, and the store is damaged.</summary>
    public const int Damaged = 3;
}
