using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Streams;

/// <content>Every consumer is a reader of the log.</content>
public sealed partial class StreamDecider
{
    /// <inheritdoc/>
    public long UnsettledCount => _log.UnsettledCount;

    /// <inheritdoc/>
    public int ConsumerCount => _log.ReaderCount;

    /// <inheritdoc/>
    public bool HadConsumer { get; private set; }

    /// <inheritdoc/>
    public IEnumerable<ConsumerKey> Consumers => _log.Readers;

    /// <inheritdoc/>
    public Refusal? CheckPurge(QueueKey queue) =>
        new(RefusalReason.NotImplemented, $"queue.purge not supported by stream queues {queue}");

    /// <inheritdoc/>
    public Refusal? CheckGet(QueueKey queue) =>
        new(RefusalReason.NotImplemented, $"basic.get not supported by stream queues {queue}");

    /// <inheritdoc/>
    public Refusal? StartConsumer(ConsumerKey key, ConsumerSettings settings, string queueText)
    {
        var refusal = _log.Start(key, settings, $"stream {queueText}");
        HadConsumer |= refusal is null;
        return refusal;
    }

    /// <inheritdoc/>
    public long? NextOffsetOf(ConsumerKey key) => _log.NextOffsetOf(key);

    /// <inheritdoc/>
    public HistoryExtent? History => _log.Extent;

    /// <summary>Starts deliveries to consumers that have been told that they started.</summary>
    public void Dispatch() => _log.Dispatch();

    /// <inheritdoc/>
    public void StopConsumer(ConsumerKey key) => _log.Stop(key);

    /// <inheritdoc/>
    public void CloseConsumer(ConsumerKey key) => _log.Close(key);

    /// <inheritdoc/>
    public void ConnectionClosed(int connection, bool isHearsay = false)
    {
        _links.Close(connection, isHearsay);
        CloseConsumers(connection);
    }

    /// <inheritdoc/>
    public void CloseConsumers(int connection) => _log.ConnectionClosed(connection);

    /// <inheritdoc/>
    public void SetConsumerActive(ConsumerKey key, bool active) => _log.SetActive(key, active);

    /// <inheritdoc/>
    public void GrantCredit(ConsumerKey key, int bytes) => _log.GrantCredit(key, bytes);

    /// <inheritdoc/>
    public void Settle(ConsumerKey key, SettleOutcome outcome, PositionRange positions) => _log.Settle(key, outcome, positions);

    /// <inheritdoc/>
    public void AfterSettling() => _log.AfterSettling();

    /// <inheritdoc/>
    public long SegmentLoaded(SegmentAddress address, IReadOnlyList<PlacedBatch> batches, bool isDamaged) =>
        _log.SegmentLoaded(address, batches, isDamaged);
}
