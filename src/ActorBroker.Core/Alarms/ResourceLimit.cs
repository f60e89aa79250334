namespace ActorBroker.Core.Alarms;

/// <summary>How much of something a node may take, or must have left: bytes, or a share of the machine's memory.</summary>
public readonly record struct ResourceLimit
{
    private ResourceLimit(long bytes, double? share) => (Absolute, Share) = (bytes, share);

    /// <summary>Bytes; of no meaning where there is a share.</summary>
    public long Absolute { get; }

    /// <summary>The part of the machine's memory, 1 for all of it; null where bytes are given.</summary>
    public double? Share { get; }

    /// <summary>So many bytes.</summary>
    /// <param name="bytes">Not negative.</param>
    public static ResourceLimit OfBytes(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return new ResourceLimit(bytes, share: null);
    }

    /// <summary>So much of the machine's memory.</summary>
    /// <param name="share">Not negative; 1 for all of it.</param>
    public static ResourceLimit OfMemory(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        return new ResourceLimit(0, share);
    }

    /// <summary>The limit in bytes.</summary>
    /// <param name="memoryTotal">The machine's memory, in bytes.</param>
    public long In(long memoryTotal) => Share is { } share ? (long)(memoryTotal * share) : Absolute;
}
