namespace ActorBroker.Contracts.Transfer;

/// <summary>What bounds the traffic between two nodes.</summary>
internal static class PartLimits
{
    /// <summary>
    /// Longest form that travels whole, and length of the parts of longer ones. Akka.Remote moves 64 KiB at 646 MB/s and
    /// 256 KiB at 265 MB/s, and what is small waits behind one of them at most a fraction of a millisecond.
    /// </summary>
    public const int PartBytes = 64 * 1024;

    /// <summary>Bytes of one line that may be on their way: enough for a round trip of a millisecond at what a link carries.</summary>
    public const int LineWindow = 4 * PartBytes;

    /// <summary>Bytes of all lines to one node that may be on their way: what anything else waits behind, some milliseconds.</summary>
    public const int PeerWindow = 32 * PartBytes;

    /// <summary>Memory of one node for messages that have come in part. A longer message comes when there is no other.</summary>
    public const long JoinBytes = 64L * 1024 * 1024;

    /// <summary>Longest form: one array.</summary>
    public const int MessageBytesMax = 1 << 30;
}
