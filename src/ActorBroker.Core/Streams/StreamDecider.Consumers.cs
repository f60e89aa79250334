using ActorBroker.Core.Collections;
using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Streams;

/// <content>Consumers come, get credit, and go.</content>
public sealed partial class StreamDecider
{
    private readonly Dictionary<ConsumerKey, StreamConsumer> _consumers = [];
    private readonly PositionSet _settled = new();

    // Started, but not told so yet.
    private readonly List<StreamConsumer> _starting = [];

    /// <inheritdoc/>
    public long UnsettledCount { get; private set; }

    /// <inheritdoc/>
    public int ConsumerCount { get; private set; }

    /// <inheritdoc/>
    public bool HadConsumer { get; private set; }

    /// <inheritdoc/>
    public IEnumerable<ConsumerKey> Consumers => _consumers.Values.Where(static consumer => !consumer.IsStopped).Select(static consumer => consumer.Key);

    /// <inheritdoc/>
    public Refusal? CheckPurge(QueueKey queue) =>
        new(RefusalReason.NotImplemented, $"queue.purge not supported by stream queues {queue}");

    /// <inheritdoc/>
    public Refusal? CheckGet(QueueKey queue) =>
        new(RefusalReason.NotImplemented, $"basic.get not supported by stream queues {queue}");

    /// <inheritdoc/>
    public Refusal? StartConsumer(ConsumerKey key, ConsumerSettings settings, string queueText)
    {
        if (settings.PrefetchCount == 0)
        {
            return new Refusal(RefusalReason.PreconditionFailed, $"consumer prefetch count is not set for stream {queueText}");
        }

        if (settings.NoAck)
        {
            return new Refusal(RefusalReason.NotImplemented, $"automatic acknowledgement not supported by stream {queueText}");
        }

        if (_consumers.ContainsKey(key))
        {
            return new Refusal(RefusalReason.NotAllowed, $"consumer {key.ConsumerId} exists already on {queueText}");
        }

        var arguments = ConsumerArguments.Of(settings.Arguments);
        var consumer = new StreamConsumer(key, settings, StreamFilter.Of(arguments, _formats));
        Place(consumer, arguments.Offset);
        _consumers.Add(key, consumer);
        _starting.Add(consumer);
        ConsumerCount++;
        HadConsumer = true;
        return null;
    }

    /// <inheritdoc/>
    public long? NextOffsetOf(ConsumerKey key) =>
        _consumers.TryGetValue(key, out var consumer) && (consumer.NotBefore is null || consumer.IsAtEnd) ? consumer.Cursor : null;

    /// <inheritdoc/>
    public HistoryExtent? History => new(_log.First, _log.End);

    /// <summary>Starts deliveries to consumers that have been told that they started.</summary>
    public void Dispatch()
    {
        foreach (var consumer in _starting)
        {
            Serve(consumer);
        }

        _starting.Clear();
        BoundMemory();
    }

    /// <inheritdoc/>
    public void StopConsumer(ConsumerKey key)
    {
        if (_consumers.TryGetValue(key, out var consumer))
        {
            Stop(consumer);
        }
    }

    /// <inheritdoc/>
    public void CloseConsumer(ConsumerKey key)
    {
        if (_consumers.Remove(key, out var consumer))
        {
            Stop(consumer);
            UnsettledCount -= consumer.Unsettled.Count;
        }
    }

    /// <inheritdoc/>
    public void ConnectionClosed(int connection)
    {
        if (_links.Remove(connection, out var link))
        {
            link.Close();
        }

        foreach (var key in _consumers.Keys.Where(key => key.Connection == connection).ToArray())
        {
            CloseConsumer(key);
        }
    }

    /// <inheritdoc/>
    public void SetConsumerActive(ConsumerKey key, bool active)
    {
        if (_consumers.TryGetValue(key, out var consumer))
        {
            consumer.IsActive = active;
            Resume(consumer);
        }
    }

    /// <inheritdoc/>
    public void GrantCredit(ConsumerKey key, int bytes)
    {
        if (_consumers.TryGetValue(key, out var consumer))
        {
            consumer.WindowBytes += bytes;
            Resume(consumer);
        }
    }

    /// <summary>
    /// Every outcome gives room for as many messages more, and no message comes again, but those that never reached the
    /// client.
    /// </summary>
    public void Settle(ConsumerKey key, SettleOutcome outcome, PositionRange positions)
    {
        if (!_consumers.TryGetValue(key, out var consumer))
        {
            return;
        }

        _settled.Clear();
        UnsettledCount -= consumer.Unsettled.Remove(positions, _settled);
        if (outcome == SettleOutcome.Released)
        {
            consumer.Returned.AddAll(_settled);
            EndWait(consumer);
        }

        if (!consumer.IsSettling)
        {
            consumer.IsSettling = true;
            _settling.Add(consumer);
        }
    }

    /// <inheritdoc/>
    public void AfterSettling()
    {
        foreach (var consumer in _settling)
        {
            consumer.IsSettling = false;
            Serve(consumer);
        }

        _settling.Clear();
        BoundMemory();
    }

    private void Place(StreamConsumer consumer, StreamOffset offset)
    {
        switch (offset.Start)
        {
            case StreamStart.First:
                consumer.Cursor = _log.First;
                break;
            case StreamStart.Last:
                consumer.Cursor = _lastChunk;
                break;
            case StreamStart.Offset:
                consumer.Cursor = offset.Value;
                break;
            case StreamStart.Timestamp:
                PlaceAtTime(consumer, offset.Value);
                break;
            case StreamStart.Interval:
                PlaceAtTime(consumer, Now - offset.Value);
                break;
            default:
                consumer.Cursor = _log.End;
                break;
        }
    }

    private void PlaceAtTime(StreamConsumer consumer, long at)
    {
        consumer.Cursor = _log.FirstWrittenSince(at);
        consumer.NotBefore = consumer.Cursor < _log.End ? at : null;
    }

    private void Stop(StreamConsumer consumer)
    {
        if (!consumer.IsStopped)
        {
            consumer.IsStopped = true;
            ConsumerCount--;
            _starting.Remove(consumer);
            EndWait(consumer);
        }
    }

    private void EndWait(StreamConsumer consumer)
    {
        consumer.WaitsFor?.Waiting.Remove(consumer);
        consumer.WaitsFor = null;
        if (consumer.IsAtEnd)
        {
            consumer.IsAtEnd = false;
            _atEnd.Remove(consumer);
        }
    }

    private void Resume(StreamConsumer consumer)
    {
        Serve(consumer);
        BoundMemory();
    }
}
