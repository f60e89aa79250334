namespace ActorBroker.Core.Queues;

/// <summary>
/// What a queue's messages take up, by their bodies. Of a long queue some messages are looked at and the rest is taken to
/// be like the average: what is in the journal alone is never read for this.
/// </summary>
public sealed record QueueSizes
{
    /// <summary>Of a queue without messages.</summary>
    public static QueueSizes None { get; } = new();

    /// <summary>Bodies of messages that wait for a consumer; of a stream all messages, with their properties.</summary>
    public long ReadyBytes { get; init; }

    /// <summary>Bodies of messages that consumers hold.</summary>
    public long UnsettledBytes { get; init; }

    /// <summary>Messages in memory that wait for a consumer.</summary>
    public long ReadyInMemory { get; init; }

    /// <summary>Messages in memory that consumers hold.</summary>
    public long UnsettledInMemory { get; init; }

    /// <summary>Bodies of both.</summary>
    public long BytesInMemory { get; init; }

    /// <summary>Messages that outlive a restart.</summary>
    public long Persistent { get; init; }

    /// <summary>Their bodies.</summary>
    public long PersistentBytes { get; init; }

    /// <summary>Transient messages that are in the journal alone, to be out of memory.</summary>
    public long PagedOut { get; init; }

    /// <summary>Their bodies.</summary>
    public long PagedOutBytes { get; init; }

    /// <summary>Messages that the queue has given up and that have not arrived where they go.</summary>
    public long Dying { get; init; }

    /// <summary>Their bodies, taken to be like the average.</summary>
    public long DyingBytes { get; init; }

    /// <summary>The timestamp that its publisher gave the oldest message in memory, in seconds of Unix time; null where it gave none.</summary>
    public long? HeadTimestamp { get; init; }

    /// <summary>Of a stream: the segments that it consists of.</summary>
    public int Segments { get; init; }

    /// <summary>Of a stream: how many messages the reader has before it that is the furthest behind.</summary>
    public long OffsetLag { get; init; }

    /// <summary>The same messages when nothing of the queue is in memory, and nobody holds any.</summary>
    public QueueSizes OutOfMemory() => this == None ? None : this with
    {
        ReadyBytes = ReadyBytes + UnsettledBytes, UnsettledBytes = 0, ReadyInMemory = 0, UnsettledInMemory = 0, BytesInMemory = 0, HeadTimestamp = null, OffsetLag = 0,
    };
}
