using System.Net;
using ActorBroker.CommandLine.Api;

namespace ActorBroker.CommandLine;

/// <summary>What the process says by its end; the numbers are part of its interface.</summary>
public static class ExitCodes
{
    public const int Done = 0;

    /// <summary>It could not be done; standard error says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Misused = 2;

    /// <summary>It was done, and the store is damaged.</summary>
    public const int Damaged = 3;

    /// <summary>Nobody answers at the address.</summary>
    public const int Unreachable = 4;

    /// <summary>What the command is about is not there.</summary>
    public const int NotFound = 5;

    /// <summary>Who asks is not known, or may not do that.</summary>
    public const int NotAuthorised = 6;

    /// <summary>As a shell has it for a process that Ctrl-C ended.</summary>
    public const int Interrupted = 130;

    internal static int Of(ApiException failure) => failure.Status switch
    {
        HttpStatusCode.NotFound => NotFound,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => NotAuthorised,
        _ => Failed,
    };
}
