using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Streams;

/// <summary>What an <see cref="OffsetLog"/> keeps, and in which portions. Ages in milliseconds; null for no limit.</summary>
/// <param name="MaxAge">How long messages are kept after they were written.</param>
/// <param name="MaxBytes">Size of all records beyond which the oldest leave.</param>
internal sealed record OffsetLogSettings(long? MaxAge, long? MaxBytes)
{
    /// <summary>No segment grows beyond, nor beyond what the queue's limits say.</summary>
    public long SegmentBytes { get; init; } = long.MaxValue;

    /// <summary>Size of a segment's <see cref="FilterValueSet"/>.</summary>
    public int FilterBytes { get; init; } = 16;

    /// <summary>
    /// Of an ordinary queue: it may run empty by age, and as long as nobody reads it nothing of it is in memory.
    /// </summary>
    public bool IsHistory { get; init; }

    /// <summary>What a queue keeps of what was published to it.</summary>
    public static OffsetLogSettings OfHistory(Retention retention) => new(retention.Age, retention.Bytes) { IsHistory = true };

    /// <summary>As a stream is declared.</summary>
    public static OffsetLogSettings OfStream(QueueSettings settings) => new(settings.MaxAge, settings.MaxLengthBytes)
    {
        SegmentBytes = settings.StreamSegmentBytes,
        FilterBytes = Math.Max(settings.StreamFilterBytes, 1),
    };
}
