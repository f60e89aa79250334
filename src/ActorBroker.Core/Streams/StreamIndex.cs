using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Streams;

/// <summary>What a snapshot keeps of a stream.</summary>
/// <param name="Segments">All committed segments, by ascending offset.</param>
/// <param name="LastChunk">Offset of the first message of the last commit: where a reader of <c>last</c> starts.</param>
public sealed record StreamIndex(StreamSegmentIndex[] Segments, long LastChunk);

/// <summary>One segment of a stream: enough to decide whether it has to be read.</summary>
/// <param name="Address">Its offsets and journal events.</param>
/// <param name="FirstAt">When its first event was written, Unix time in milliseconds.</param>
/// <param name="LastAt">When its last event was written.</param>
/// <param name="Filter">The bits of <see cref="FilterValueSet"/>.</param>
/// <param name="HasUnfiltered">Some message has no filter value.</param>
public sealed record StreamSegmentIndex(SegmentAddress Address, long FirstAt, long LastAt, byte[] Filter, bool HasUnfiltered)
{
    /// <summary>Messages in it, which gaps are none of; null where that was not noted, and there are no gaps.</summary>
    public long? Count { get; init; }
}
