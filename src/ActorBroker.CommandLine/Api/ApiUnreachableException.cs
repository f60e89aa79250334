namespace ActorBroker.CommandLine.Api;

/// <summary>Nobody answered, or not as the management API does. The message says where and why, in one line.</summary>
public sealed class ApiUnreachableException : Exception
{
    /// <summary>Made from what went wrong.</summary>
    public ApiUnreachableException(Uri address, string reason, Exception? cause = null)
        : base($"cannot reach the management API at {address}: {reason.ReplaceLineEndings(" ")}", cause) => Address = address;

    /// <summary>Where it was expected.</summary>
    public Uri Address { get; }
}
