using System.Buffers.Binary;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Core.Tests.Queues.Lanes;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>A command of a random list; what its numbers mean depends on what is there when it runs.</summary>
internal readonly record struct ModelCommand(int Kind, int A, int B, int C);

/// <summary>Runs commands against a decider and the model, and compares after each.</summary>
internal sealed partial class QueueModelRun(QueueMemoryLimits limits, bool durable, ModelCoverage coverage, QueueSettings? settings = null)
{
    private readonly QueueModel _model = new(durable, settings ?? QueueSettings.Default);
    private readonly Dictionary<JournalEvent, HashSet<long>> _seenBefore = new(ReferenceEqualityComparer.Instance);
    private TestQueue _queue = new(limits, durable, settings: settings);
    private readonly int[] _connections = [1, 2, 3];
    private int _lastConnection = 3;
    private int _consumerIds;
    private int _bodies;
    private long _requestIds;

    public void Execute(IEnumerable<ModelCommand> commands)
    {
        foreach (var command in commands)
        {
            Step(command);
            Compare();
        }

        Finish();
    }

    private void Step(ModelCommand command)
    {
        var (_, a, b, c) = command;
        switch (command.Kind)
        {
            case < 25: Publish(a, b, c); break;
            case < 33: StartConsumer(a, b, c); break;
            case < 51: Settle(a, b, c); break;
            case < 52: Hold(a, b, c); break;
            case < 53: Remove(a, b, deadLetter: c % 2 == 0); break;
            case < 57: Take(a, noAck: b % 2 == 0); break;
            case < 68: Commit(); break;
            case < 78: AnswerLoad(a); break;
            case < 83: Grant(a, b); break;
            case < 86: SetActive(a, b % 3 > 0); break;
            case < 88: Stop(a); break;
            case < 90: Close(a); break;
            case < 91: CloseConnection(a); break;
            case < 92: Purge(); break;
            case < 95: _queue.Decider.FlushSettlements(); break;
            case < 97: Spill(); break;
            case < 98: Trim(); break;
            case < 99: StoreIndex(); LookAtAll(); break;
            case < 100: Crash(landed: a % (_queue.Uncommitted.Count + 1), failed: b % 2 == 0); break;
            case < 113: Advance(a % 10 == 0 ? b * 3 : b / 5); break;
            case < 118: DeadLettersDone(a, 1 + (b % 9)); break;
            case < 119: DeadLettersInterrupted(); break;
            case < 120: Apply(a, b); break;
            default: StepOfHistory(command); break;
        }
    }

    private void Publish(int connection, int kinds, int sizes)
    {
        var messages = new TestMessage[1 + (sizes % 5)];
        for (var i = 0; i < messages.Length; i++)
        {
            var body = new byte[4 + (sizes / (i + 1) % 30)];
            BinaryPrimitives.WriteInt32LittleEndian(body, _bodies++);
            messages[i] = MessageOf(body, (kinds >> i & 1) == 0, (kinds * 31) + sizes + (i * 7));
        }

        var content = TestBatches.Of(messages);
        var from = ConnectionOf(connection);
        var sequence = (_model.Links.GetValueOrDefault(from)?.Received ?? 0) + 1;
        var predicted = _model.Consumers.Values.Any(static consumer => consumer.CanTake) ? null : _model.PredictRefused(content);
        _queue.Decider.Publish(from, sequence, content);
        var refused = _queue.Rejected.SelectMany(static rejected => rejected.Indexes).ToArray();
        Assert.All(_queue.Rejected, rejected => Assert.Equal((from, sequence), (rejected.Connection, rejected.Sequence)));
        Assert.Equal(predicted ?? refused, refused);
        _queue.Rejected.Clear();
        coverage.Refused(refused.Length);
        var batch = _model.Publish(from, content, refused);
        CollectEffects();
        if (!_model.ChecksArrivals && _model.PinnedBytes > limits.PinnedBytesMax)
        {
            coverage.Withheld();
            Assert.True(_model.Links[batch.Connection].Accepted < batch.Sequence);
        }
    }

    // Now and then with a lifetime, an identity or a priority of its own.
    private static TestMessage MessageOf(byte[] body, bool persistent, int kind)
    {
        var expiration = kind % 3 == 0 ? $"{kind % 11 * 30}" : null;
        var identity = kind % 4 < 2 ? $"{kind % 6}" : null;
        var group = kind % 7 < 5 ? $"{kind % 7 % 3}" : null;
        var share = kind % 9 < 7 ? $"{kind % 9 % 4}" : null;
        var delay = kind % 5 > 0 ? $"{(kind % 13 * 25) - 20}" : null;
        return new TestMessage(
            body,
            persistent,
            Priority: kind % 5 == 0 ? (byte)(kind % 4) : null,
            Properties: TextFormat.Properties(("expiration", expiration), ("id", identity), ("group", group), ("share", share), (Stage.DelayHeader, delay)),
            Expires: expiration is not null);
    }

    private void Advance(int milliseconds)
    {
        Assert.True(_queue.Decider.NextDue is null or >= 0);
        _model.Advance(milliseconds);
        _queue.Decider.AdvanceTo(_model.Now);
    }

    private void DeadLettersDone(int pick, int count)
    {
        var handedOver = _model.Messages.Where(static message => message.IsHandedOver).ToArray();
        if (handedOver.Length > 0)
        {
            var range = new PositionRange(handedOver[pick % handedOver.Length].Position, count);
            _model.DeadLettersDone(range);
            _queue.Decider.DeadLettersDone(range);
        }
    }

    private void DeadLettersInterrupted()
    {
        _model.DeadLettersInterrupted();
        _queue.Decider.DeadLettersInterrupted();
    }

    private void Apply(int length, int ttl)
    {
        if (settings is { Stage: null })
        {
            var changed = _model.Settings with
            {
                MaxLength = _model.Settings.Overflow != QueueOverflow.DropHead ? _model.Settings.MaxLength : length % 3 == 0 ? null : length % 7,
                MessageTtl = ttl % 2 == 0 ? null : ttl % 400,
            };
            _model.Apply(changed);
            _queue.Decider.Apply(changed);
        }
    }

    // Settles a run of what one holder has, sometimes beyond it.
    private void Settle(int pick, int outcomes, int count)
    {
        for (var i = 0; i < 1 + (count % 2); i++)
        {
            var held = _model.Messages.Where(static message => message.Place == ModelPlace.Held).ToArray();
            if (held.Length == 0)
            {
                break;
            }

            var first = held[(pick + i) % held.Length];
            var outcome = ((outcomes + i) % 10) switch { < 4 => SettleOutcome.Accepted, < 5 => SettleOutcome.Rejected, < 7 => SettleOutcome.Requeued, < 9 => SettleOutcome.Failed, _ => SettleOutcome.Released };
            var range = new PositionRange(first.Position, 1 + (count % 9));
            _model.Settle(first.Holder, outcome, range);
            _queue.Decider.Settle(first.Holder, outcome, range);
        }

        _queue.Decider.Settle(new ConsumerKey(0, 0), SettleOutcome.Accepted, new PositionRange(0, 1000));
        _queue.Decider.AfterSettling();
    }

    private void Take(int connection, bool noAck)
    {
        if (_model.Settings.Stage is not null)
        {
            return;
        }

        var getter = GetterOf(ConnectionOf(connection));
        _model.WaitingGets.Enqueue((getter, ++_requestIds, noAck));
        _queue.Decider.Take(getter, _requestIds, noAck);
    }

    private void Commit()
    {
        if (_queue.Uncommitted.TryPeek(out var committed))
        {
            _model.Committed(committed, _seenBefore.GetValueOrDefault(committed) ?? []);
            _history?.Committed(committed);
            _queue.Commit();
            if (_queue.Decider.ReclaimSpace(_queue.Journal.TrimmedTo))
            {
                coverage.Reclaimed();
                StoreIndex();
                Trim();
            }
        }
    }

    // What a transient queue has spilled needs no index.
    private void Trim() => _queue.Journal.Trim(durable ? null : _queue.Decider.FirstLiveSequenceNr);

    private void AnswerLoad(int pick)
    {
        if (_queue.Loads.Count == 0)
        {
            return;
        }

        coverage.Loaded();
        var address = _queue.Loads[pick % _queue.Loads.Count];
        if (address.WithoutCopies)
        {
            Assert.Equal(0, _queue.AnswerLoad(pick % _queue.Loads.Count));
            return;
        }

        var found = _queue.Journal.Read(address);
        foreach (var message in _model.Live.Where(message => message.Position >= address.FirstPosition && message.Position < address.EndPosition))
        {
            Assert.True(
                found.Count(placed => message.Position >= placed.FirstPosition && message.Position < placed.EndPosition) == 1,
                $"Live position {message.Position} is not in events {address.FirstSequenceNr} to {address.LastSequenceNr}.");
        }

        _queue.AnswerLoad(pick % _queue.Loads.Count);
    }

    private void Purge()
    {
        var ready = _model.Messages.Where(static message => message.Place is ModelPlace.Ready or ModelPlace.Delayed).ToArray();
        Array.ForEach(ready, static message => message.Place = ModelPlace.Gone);
        Assert.Equal(ready.Length, _queue.Purge());
    }

    private void Spill()
    {
        if (_queue.Decider.IsWithholding)
        {
            coverage.Spilled();
        }

        _queue.Decider.Spill();
    }

    private static HashSet<long> PositionsOf(PositionRange[] ranges) =>
        [.. ranges.SelectMany(static range => Enumerable.Range(0, (int)range.Count).Select(i => range.First + i))];

    private void Compare()
    {
        CollectEffects();
        var decider = _queue.Decider;
        Assert.Equal(_model.Ready.Count(), decider.ReadyCount);
        Assert.Equal(_model.Messages.Count(static message => message.Place == ModelPlace.Held), decider.UnsettledCount);
        var counted = _model.Consumers.Values.Where(static consumer => !consumer.IsStopped).ToArray();
        Assert.Equal(counted.Length + (_history?.Readers.Count ?? 0), decider.ConsumerCount);
        Assert.Equal(Array.Exists(counted, static consumer => consumer.Settings.Exclusive), decider.HasExclusiveConsumer);
        coverage.Delayed(decider.DelayedCount);
        Assert.Equal(_model.Messages.Count(static message => message.Place == ModelPlace.Delayed), decider.DelayedCount);
        Assert.Equal(_model.Messages.Count(static message => message.Place == ModelPlace.Dying), decider.DyingCount);
        Assert.Equal(_model.Settings.MaxLengthBytes is null ? 0 : _model.ReadyBytes, decider.ReadyBytes);
        if (!_model.ChecksArrivals)
        {
            Assert.Equal(_model.PinnedBytes > limits.PinnedBytesMax, decider.IsWithholding);
        }

        if (!decider.IsWithholding)
        {
            Assert.All(_model.Links.Values, static link => Assert.Equal(link.Received, link.Accepted));
        }

        CompareWaiting();
        CompareHistory();
    }

    private void CollectEffects()
    {
        CollectRead();
        new ModelEffects(_model, _queue, _seenBefore, coverage).Collect();
    }
}
