using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Streams;

/// <summary>One consumer that reads by offset: where it is, and how much more it may be given.</summary>
internal sealed class OffsetReader(ConsumerKey key, ConsumerSettings settings, StreamFilter? filter)
{
    public ConsumerKey Key { get; } = key;

    /// <summary>Null for everything.</summary>
    public StreamFilter? Filter { get; } = filter;

    /// <summary>The next offset to look at.</summary>
    public long Cursor { get; set; }

    /// <summary>Batches written before this time are passed over, until the first that was not; null once it was found.</summary>
    public long? NotBefore { get; set; }

    /// <summary>Delivered and not settled: what its prefetch count limits.</summary>
    public PositionSet Unsettled { get; } = new();

    /// <summary>Sent back because they never reached the client: delivered again before anything else.</summary>
    public PositionSet Returned { get; } = new();

    /// <summary>Bytes that may still be sent before the connection must give some back; below zero by one message at most.</summary>
    public long WindowBytes { get; set; } = settings.WindowBytes;

    /// <summary>Not held back by its channel.</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>Cancelled: it only settles what it has.</summary>
    public bool IsStopped { get; set; }

    /// <summary>Where it waits: for this segment to be read back.</summary>
    public StreamSegment? WaitsFor { get; set; }

    /// <summary>Where it waits: at the end, for the next commit.</summary>
    public bool IsAtEnd { get; set; }

    /// <summary>It is served when the settlements that came together are all in.</summary>
    public bool IsSettling { get; set; }

    /// <summary>Offset up to which segments have been read ahead for it.</summary>
    public long ReadAheadTo { get; set; }

    /// <summary>What is about to be sent to it.</summary>
    public List<DeliverySegment> Outgoing { get; } = [];

    /// <summary>How many more messages its prefetch count allows.</summary>
    public long Room => settings.PrefetchCount - Unsettled.Count;

    public bool CanTake => !IsStopped && IsActive && WindowBytes > 0 && Room > 0;
}
