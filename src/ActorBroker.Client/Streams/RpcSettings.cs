namespace ActorBroker.Client.Streams;

/// <summary>How a stream asks.</summary>
public sealed record RpcSettings
{
    /// <summary>As the record's members say.</summary>
    public static RpcSettings Default { get; } = new();

    /// <summary>How long a reply may take; what comes later is dropped.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most requests that wait for their replies: upstream is not asked for more.</summary>
    public int UnansweredMax { get; init; } = 256;
}
