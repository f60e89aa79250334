using ActorBroker.Core.Queues;

namespace ActorBroker.Contracts.Options;

/// <summary>How a queue divides its messages between memory and journal.</summary>
/// <param name="ResidentBytes">Bodies that one queue keeps in memory.</param>
/// <param name="WriteBatchBytes">Most bytes of bodies in one journal event.</param>
/// <param name="SettleFlushInterval">Longest time that a settlement waits to be written with a batch.</param>
/// <param name="SegmentBytes">Bytes of bodies that are forgotten, and read back from the journal, at once.</param>
/// <param name="SnapshotAfterEvents">Journal events between two snapshots, at most.</param>
/// <param name="SnapshotAfterBytes">Bytes of journal events between two snapshots, at most.</param>
/// <param name="TrimAfterEvents">Events below the low-water mark that make deleting worth its price.</param>
/// <param name="TrimAfterBytes">The same in bytes; whichever comes first.</param>
/// <param name="SpillDelay">How long a transient message may wait in memory above <paramref name="ResidentBytes"/>.</param>
/// <param name="ConsumerTimeout">How long a consumer may hold a message where neither it nor its queue says so; zero for ever.</param>
/// <param name="DefaultType">The type of queues that are declared without one where their virtual host says nothing else.</param>
public sealed record QueueOptions(
    long ResidentBytes,
    int WriteBatchBytes,
    TimeSpan SettleFlushInterval,
    int SegmentBytes,
    int SnapshotAfterEvents,
    long SnapshotAfterBytes,
    int TrimAfterEvents,
    long TrimAfterBytes,
    TimeSpan SpillDelay,
    TimeSpan ConsumerTimeout,
    QueueType DefaultType)
{
    /// <summary>How long a durable queue may be without connections before it leaves memory; zero for ever.</summary>
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Where new queues go that say nothing of it, and whose policy does not.</summary>
    public QueueLeaderLocator LeaderLocator { get; init; }

    private const int SmallestBatch = 4096;
    private const int LargestBatch = 16 * 1024 * 1024;
    private const long LargestStore = 1L << 40;

    /// <summary>
    /// Bytes that the journal may hold for nothing because of an older message that stays; beyond it, and with more than
    /// half of it for nothing, live messages are copied to its end.
    /// </summary>
    public long CompactAfterBytes { get; init; } = long.MaxValue;

    public static QueueOptions Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new QueueOptions(
            settings.Bytes("actorbroker.queue.resident-bytes", 0, LargestStore),
            settings.ArrayBytes("actorbroker.queue.write-batch-bytes", SmallestBatch, LargestBatch),
            settings.Duration("actorbroker.queue.settle-flush-interval", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
            settings.ArrayBytes("actorbroker.queue.segment-bytes", SmallestBatch, LargestBatch),
            settings.WholeNumber("actorbroker.queue.snapshot-after-events", 1, int.MaxValue),
            settings.Bytes("actorbroker.queue.snapshot-after-bytes", SmallestBatch, LargestStore),
            settings.WholeNumber("actorbroker.queue.trim-after-events", 1, int.MaxValue),
            settings.Bytes("actorbroker.queue.trim-after-bytes", SmallestBatch, LargestStore),
            settings.Duration("actorbroker.queue.spill-delay", TimeSpan.Zero, TimeSpan.FromHours(1)),
            settings.Duration("actorbroker.queue.consumer-timeout", TimeSpan.Zero, TimeSpan.FromDays(365)),
            settings.OneOf(
                "actorbroker.default-queue-type", ("classic", QueueType.Classic), ("quorum", QueueType.Quorum), ("stream", QueueType.Stream)))
        {
            CompactAfterBytes = settings.Bytes("actorbroker.queue.compact-after-bytes", SmallestBatch, LargestStore),
            LeaderLocator = settings.OneOf(
                "actorbroker.queue.leader-locator",
                ("by-name", QueueLeaderLocator.ByName), ("client-local", QueueLeaderLocator.ClientLocal), ("balanced", QueueLeaderLocator.Balanced)),
            PassivateAfter = settings.Duration("actorbroker.queue.passivate-after", TimeSpan.Zero, TimeSpan.FromDays(365)),
        };
    }
}
