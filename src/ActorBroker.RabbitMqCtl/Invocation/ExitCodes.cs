namespace ActorBroker.RabbitMqCtl.Invocation;

/// <summary>What RabbitMQ's tools say by their end: codes of <c>sysexits</c>.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>What it says makes no sense.</summary>
    public const int Data = 65;

    /// <summary>There is no such user.</summary>
    public const int NoUser = 67;

    /// <summary>The broker cannot be reached, or refuses.</summary>
    public const int Unavailable = 69;

    /// <summary>It was tried, and went wrong.</summary>
    public const int Software = 70;

    /// <summary>It took too long.</summary>
    public const int Temporary = 75;
}
