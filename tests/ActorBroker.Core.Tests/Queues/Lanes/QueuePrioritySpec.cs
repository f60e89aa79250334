using System.Buffers.Binary;
using System.Text;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Queues.Lanes;

/// <summary>Queues that deliver by priority.</summary>
public sealed class QueuePrioritySpec
{
    private static readonly QueueSettings Classic = new() { MaxPriority = 5 };
    private static readonly QueueSettings Quorum = new() { Type = QueueType.Quorum, MaxPriority = 31, DefaultPriority = 4 };
    private static readonly QueueMemoryLimits Tiny = new(60, 60, 120, 100, 2);

    [Fact]
    public void Higher_priorities_go_first_and_equal_ones_in_order()
    {
        var queue = new TestQueue(settings: Classic);
        queue.Decider.Publish(1, 1, Batch(("a", 1), ("b", null), ("c", 3), ("d", 1), ("e", 3), ("f", 0)));

        Assert.Equal("c e a d b f", queue.Drain());
    }

    [Fact]
    public void A_priority_above_the_highest_counts_as_the_highest()
    {
        var queue = new TestQueue(settings: Classic);
        queue.Decider.Publish(1, 1, Batch(("a", 5), ("b", 200), ("c", 6)));

        Assert.Equal("a b c", queue.Drain());
    }

    [Fact]
    public void Without_a_priority_a_message_has_the_queues_own_default()
    {
        var queue = new TestQueue(settings: Quorum);
        queue.Decider.Publish(1, 1, Batch(("a", 3), ("b", null), ("c", 4), ("d", 5), ("e", 255), ("f", 31)));

        Assert.Equal("e f d b c a", queue.Drain());
    }

    [Fact]
    public void Without_priorities_they_change_nothing()
    {
        var queue = new TestQueue();
        queue.Decider.Publish(1, 1, Batch(("a", 1), ("b", 9)));

        Assert.Equal("a b", queue.Drain());
    }

    [Fact]
    public void A_returned_message_is_back_at_its_place_in_its_lane()
    {
        var queue = new TestQueue(settings: Classic);
        queue.Decider.Publish(1, 1, Batch(("a", 0), ("b", 2), ("c", 2), ("d", 4)));
        var consumer = queue.Start(1, 1, TestQueue.Settings(prefetch: 3));
        queue.Settle(consumer, SettleOutcome.Requeued, 1);
        queue.Settle(consumer, SettleOutcome.Requeued, 3);

        Assert.Equal("d b c b* d*", queue.TextOf(consumer));
        queue.Decider.CloseConsumer(consumer);
        Assert.Equal("d* b* c* a", queue.Drain());
    }

    [Fact]
    public void A_message_that_is_ready_later_overtakes_those_of_lower_priority_only()
    {
        var queue = new TestQueue(settings: Classic);
        queue.Decider.Publish(1, 1, Batch(("a", 1), ("b", 1)));
        var consumer = queue.Start(1, 1, TestQueue.Settings(prefetch: 1));
        queue.Decider.Publish(1, 2, Batch(("c", 3)));
        queue.Settle(consumer, SettleOutcome.Accepted, 0);
        queue.Settle(consumer, SettleOutcome.Accepted, 2);

        Assert.Equal("a c b", queue.TextOf(consumer));
    }

    [Fact]
    public void Priorities_outlive_a_restart_whether_the_index_or_the_events_tell_of_them()
    {
        var queue = new TestQueue(Tiny, settings: Classic);
        queue.Decider.Publish(1, 1, Batch(("a", 0), ("b", 3), ("c", null)));
        queue.CommitAll();
        queue.StoreIndex();
        queue.Decider.Publish(1, 2, Batch(("d", 3), ("e", 5), ("f", 0)));
        queue.CommitAll();

        Assert.Equal("e b d a c f", queue.Crash().Drain().Replace("*", "", StringComparison.Ordinal));
        Assert.Equal("e b d a c f", queue.CrashWithoutIndex().Drain().Replace("*", "", StringComparison.Ordinal));
    }

    [Fact]
    public void A_get_that_waits_for_a_message_to_be_read_back_is_answered_with_one_that_goes_first()
    {
        var queue = new TestQueue(new QueueMemoryLimits(1, 1000, 0, 1000, 1), settings: new QueueSettings { MaxPriority = 9 });
        foreach (var (i, body) in new[] { "a", "b" }.Index())
        {
            queue.Decider.Publish(1, i + 1, Batch((body, 1)));
            queue.CommitAll();
        }

        queue.Decider.Take(new ConsumerKey(2, -1), 1, noAck: true);
        queue.Decider.Take(new ConsumerKey(2, -1), 2, noAck: true);
        Assert.Single(queue.Gets);

        queue.Decider.Publish(1, 3, Batch(("first", 5)));

        Assert.Equal(2, queue.Gets.Count);
        Assert.Equal("first", TestBatches.BodyText(queue.Gets[1].Segment!.Value, 0));
    }

    [Fact]
    public void Gets_find_the_highest_priority_under_returns_evictions_and_crashes() =>
        Gen.Select(Gen.Int[0, 99], Gen.Int[0, 1000], Gen.Int[0, 1000]).Array[1, 120].Sample(
            commands => new Run().Execute(commands), iter: 200);

    private static MessageBatch Batch(params (string Body, int? Priority)[] messages) =>
        TestBatches.Of([.. messages.Select(static message => new TestMessage(Encoding.UTF8.GetBytes(message.Body), Priority: (byte?)message.Priority))]);

    private sealed class Run
    {
        private static readonly ConsumerKey Getter = new(7, -1);

        private readonly SortedDictionary<int, int> _ready = [];
        private readonly Dictionary<int, int> _held = [];
        private TestQueue _queue = new(Tiny, settings: Classic);
        private long _sequence;
        private int _next;

        public void Execute(IEnumerable<(int Kind, int A, int B)> commands)
        {
            foreach (var (kind, a, b) in commands)
            {
                Step(kind, a, b);
                Assert.Equal(_ready.Count, _queue.Decider.ReadyCount);
            }

            _queue.Decider.ConnectionClosed(Getter.Connection);
            ReturnAll();
            while (_ready.Count > 0)
            {
                Get();
            }
        }

        private void Step(int kind, int a, int b)
        {
            switch (kind)
            {
                case < 40:
                    Publish(a, b);
                    break;
                case < 70:
                    Get();
                    break;
                case < 85 when _held.Count > 0:
                    Settle(_held.Keys.Order().ElementAt(a % _held.Count), b);
                    break;
                case < 92:
                    _queue.CommitAll();
                    break;
                case < 95:
                    _queue.StoreIndex();
                    break;
                case < 97:
                    _queue.CommitAll();
                    _queue = _queue.Crash();
                    _next = (int)_queue.Decider.Index().NextPosition;
                    _sequence = 0;
                    ReturnAll();
                    break;
            }
        }

        private void Publish(int count, int priorities)
        {
            var messages = new TestMessage[1 + (count % 4)];
            for (var i = 0; i < messages.Length; i++)
            {
                var priority = (priorities + (i * count)) % 8;
                var body = new byte[4 + (priorities % 20)];
                BinaryPrimitives.WriteInt32LittleEndian(body, _next);
                messages[i] = new TestMessage(body, Priority: priority == 7 ? null : (byte)priority);
                _ready.Add(_next++, priority == 7 ? 0 : Math.Min(priority, 5));
            }

            _queue.Decider.Publish(1, ++_sequence, TestBatches.Of(messages));
        }

        private void Get()
        {
            _queue.Decider.Take(Getter, 1, noAck: false);
            _queue.AnswerLoads();
            var (_, _, segment, left) = Assert.Single(_queue.Gets);
            _queue.Gets.Clear();
            if (_ready.Count == 0)
            {
                Assert.Null(segment);
                return;
            }

            var expected = _ready.OrderByDescending(static message => message.Value).First().Key;
            Assert.Equal(expected, segment!.Value.FirstPosition);
            Assert.Equal(expected, BinaryPrimitives.ReadInt32LittleEndian(segment.Value.Batch[segment.Value.StartIndex].Body));
            _held.Add(expected, _ready[expected]);
            _ready.Remove(expected);
            Assert.Equal(_ready.Count, left);
        }

        private void Settle(int position, int outcome)
        {
            if (outcome % 3 == 0)
            {
                _ready.Add(position, _held[position]);
            }

            _held.Remove(position);
            _queue.Settle(Getter, outcome % 3 == 0 ? SettleOutcome.Requeued : SettleOutcome.Accepted, position);
        }

        private void ReturnAll()
        {
            foreach (var (position, priority) in _held)
            {
                _ready.Add(position, priority);
            }

            _held.Clear();
        }
    }
}
