using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <content>A queue with retention: all that was committed, and those who read it.</content>
internal sealed partial class QueueModelRun
{
    private readonly HistoryModel? _history = settings?.Retention is { } retention && durable
        ? new HistoryModel(retention, limits.SegmentBytes, coverage)
        : null;

    private void StepOfHistory(ModelCommand command)
    {
        var (_, a, b, c) = command;
        switch (command.Kind)
        {
            case < 127: StartReader(a, b, c); break;
            case < 138: SettleRead(a, b, c); break;
            case < 143: GrantRead(a, b); break;
            case < 145: SetReaderActive(a, b % 3 > 0); break;
            case < 146: CloseReader(a); break;
            default: Passivate(); break;
        }
    }

    private void StartReader(int prefetch, int window, int offset)
    {
        if (_history!.Readers.Count >= 5)
        {
            return;
        }

        var key = new ConsumerKey(ConnectionOf(window), _consumerIds++);
        long? asked = offset % 3 == 0 ? offset % (_history.End + 3) : null;
        var argument = asked is { } position ? ArgumentValue.FromInt64(position) : ArgumentValue.FromString(offset % 3 == 1 ? "first" : "next");
        var reader = TestQueue.Settings(1 + (prefetch % 7), 1 + (window % 200)) with { Arguments = ArgumentTable.Of(("x-stream-offset", argument)) };
        Assert.Null(_queue.Decider.StartConsumer(key, reader, "queue 'q'"));
        _history.Start(key, asked, _queue.Decider.NextOffsetOf(key)!.Value, offset % 3 == 1, reader.PrefetchCount, reader.WindowBytes);
        _queue.Decider.Dispatch();
    }

    private void SettleRead(int pick, int first, int count)
    {
        if (PickReader(pick) is not ({ } key, { Held.Count: > 0 } reader))
        {
            return;
        }

        var range = new PositionRange(reader.Held.ElementAt(first % reader.Held.Count), 1 + (count % 5));
        var outcome = (SettleOutcome)(count % 4);
        foreach (var position in reader.Held.Where(position => position >= range.First && position < range.End).ToArray())
        {
            reader.Held.Remove(position);
            if (outcome == SettleOutcome.Released)
            {
                reader.Returned.Add(position);
            }
        }

        _queue.Decider.Settle(key, outcome, range);
        _queue.Decider.AfterSettling();
    }

    private void GrantRead(int pick, int bytes)
    {
        if (PickReader(pick) is ({ } key, { } reader))
        {
            reader.Window += bytes % 100;
            _queue.Decider.GrantCredit(key, bytes % 100);
        }
    }

    private void SetReaderActive(int pick, bool active)
    {
        if (PickReader(pick) is ({ } key, { } reader))
        {
            reader.IsActive = active;
            _queue.Decider.SetConsumerActive(key, active);
        }
    }

    private void CloseReader(int pick)
    {
        if (PickReader(pick) is ({ } key, not null))
        {
            _history!.Readers.Remove(key);
            _queue.Decider.CloseConsumer(key);
        }
    }

    private void Passivate()
    {
        if (_queue.Decider.CanBeForgotten)
        {
            Assert.Empty(_history!.Readers);
            coverage.Passivated();
            var kept = _queue.Decider.RetainedCount;
            StoreIndex();
            Crash(landed: 0, failed: false);
            Assert.Equal(kept, _queue.Decider.RetainedCount);
        }
    }

    // All that was kept goes to one more reader, from the first to the last.
    private void FinishHistory()
    {
        StartReader(prefetch: 6, window: 199, offset: 1);
        for (var round = 0; _history!.Readers.Values.Any(_history.IsWaiting) || _history.Readers.Values.Any(static reader => reader.Held.Count > 0); round++)
        {
            Assert.True(round < 10_000, "It does not come to an end.");
            for (var i = 0; i < _history.Readers.Count; i++)
            {
                SetReaderActive(i, active: true);
                Compare();
                GrantRead(i, 99);
                Compare();
                SettleRead(i, 0, 4);
                Compare();
            }

            AnswerLoad(round);
            Compare();
        }

        while (_history.Readers.Count > 0)
        {
            CloseReader(0);
            Compare();
        }
    }

    // Out of what consumers were given.
    private void CollectRead()
    {
        if (_history is null)
        {
            return;
        }

        foreach (var (key, segment) in _queue.Delivered.Where(delivered => _history.Readers.ContainsKey(delivered.Consumer)))
        {
            _history.Deliver(key, segment, _queue.Decider.RetainedCount);
        }

        _queue.Delivered.RemoveAll(delivered => _history.Readers.ContainsKey(delivered.Consumer));
    }

    private void CompareHistory()
    {
        if (_history is null)
        {
            return;
        }

        _history.Compare(_queue.Decider);
        Assert.InRange(_queue.Loads.Count(static address => address.WithoutCopies), 0, limits.ReadAheadSegments);
        Assert.True(
            _queue.Loads.Exists(static address => address.WithoutCopies) || !_history.Readers.Values.Any(_history.IsWaiting),
            "A reader waits for what is there.");
    }

    private (ConsumerKey Key, HistoryModelReader? Reader) PickReader(int pick) =>
        _history!.Readers.Count == 0 ? default : _history.Readers.ElementAt(pick % _history.Readers.Count) is var (key, reader) ? (key, reader) : default;
}
