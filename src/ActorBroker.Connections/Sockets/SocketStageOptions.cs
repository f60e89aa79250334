using System.Buffers;

namespace ActorBroker.Connections.Sockets;

/// <summary>How a <see cref="SocketStage"/> reads, writes and closes.</summary>
public sealed record SocketStageOptions
{
    public static SocketStageOptions Default { get; } = new();

    /// <summary>Bytes asked for by one receive. Kept under 85,000 so that a fresh array stays off the large object heap.</summary>
    public int ReadSize { get; init; } = 65536;

    /// <summary>Most received bytes held for a downstream stage that waits for the end of a frame.</summary>
    public int MaximumReadCapacity { get; init; } = 1024 * 1024;

    /// <summary>
    /// How long, once there is nothing more to come from upstream, pending bytes may take to be sent and the peer may
    /// take to close its side.
    /// </summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Sends each write at once (TCP_NODELAY): what is written has been coalesced before.</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>Lets the operating system probe a silent peer (SO_KEEPALIVE).</summary>
    public bool KeepAlive { get; init; }

    /// <summary>Bytes of the kernel's send buffer; null leaves the kernel's own tuning in charge.</summary>
    public int? SendBufferSize { get; init; }

    /// <summary>Bytes of the kernel's receive buffer; null leaves the kernel's own tuning in charge.</summary>
    public int? ReceiveBufferSize { get; init; }

    /// <summary>Where read buffers are rented.</summary>
    public ArrayPool<byte> Pool { get; init; } = ArrayPool<byte>.Shared;
}
