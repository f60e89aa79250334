using System.Text;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Queues.Lanes;

/// <summary>Messages of one group go to one consumer, in order.</summary>
public sealed class QueueGroupSpec
{
    private static readonly QueueSettings Grouped = new() { GroupHeader = "group", MaxPriority = 1 };
    private static readonly QueueMemoryLimits Tiny = new(60, 60, 120, 100, 2);

    [Fact]
    public void Groups_are_shared_out_and_each_goes_to_one_consumer()
    {
        var queue = new TestQueue(settings: Grouped);
        var first = queue.Start(1, 1, TestQueue.Settings(prefetch: 2));
        var second = queue.Start(2, 1, TestQueue.Settings(prefetch: 2));
        Publish(queue, 1, "a1", "b1", "a2", "b2", "a3", "c1");

        var texts = new[] { queue.TextOf(first), queue.TextOf(second) };
        Assert.Equal(["a1 a2", "b1 b2"], texts.Order());
        var ofA = texts[0] == "a1 a2" ? first : second;
        queue.Settle(ofA, SettleOutcome.Accepted, 0, 3);

        Assert.Equal("a1 a2 a3 c1", queue.TextOf(ofA));
    }

    [Fact]
    public void A_group_waits_for_its_consumer_while_others_go_on()
    {
        var queue = new TestQueue(settings: Grouped);
        var first = queue.Start(1, 1, TestQueue.Settings(prefetch: 1));
        Publish(queue, 1, "a1", "a2", "b1", "-");
        var second = queue.Start(2, 1);

        Assert.Equal(("a1", "b1 -"), (queue.TextOf(first), queue.TextOf(second)));
        Assert.Equal(1, queue.Decider.ReadyCount);
    }

    [Fact]
    public void A_group_moves_with_what_its_consumer_held_when_that_goes()
    {
        var queue = new TestQueue(settings: Grouped);
        var first = queue.Start(1, 1, TestQueue.Settings(prefetch: 2));
        Publish(queue, 1, "a1", "a2", "a3");
        var second = queue.Start(2, 1);
        Assert.Equal("", queue.TextOf(second));

        queue.Decider.CloseConsumer(first);

        Assert.Equal("a1* a2* a3", queue.TextOf(second));
    }

    [Fact]
    public void A_cancelled_consumer_keeps_its_group_until_it_holds_nothing()
    {
        var queue = new TestQueue(settings: Grouped);
        var first = queue.Start(1, 1, TestQueue.Settings(prefetch: 1));
        Publish(queue, 1, "a1", "a2");
        var second = queue.Start(2, 1);
        queue.Decider.StopConsumer(first);
        Assert.Equal("", queue.TextOf(second));

        queue.Settle(first, SettleOutcome.Requeued, 0);

        Assert.Equal("a1* a2", queue.TextOf(second));
    }

    [Fact]
    public void A_group_that_has_run_empty_is_anyones()
    {
        var queue = new TestQueue(settings: Grouped);
        var first = queue.Start(1, 1, TestQueue.Settings(prefetch: 1));
        Publish(queue, 1, "a1");
        queue.Settle(first, SettleOutcome.Accepted, 0);
        Publish(queue, 2, "b1");
        var second = queue.Start(2, 1);
        Publish(queue, 3, "a2");

        Assert.Equal(("a1 b1", "a2"), (queue.TextOf(first), queue.TextOf(second)));
    }

    [Fact]
    public void A_get_finds_nothing_in_the_groups_of_others_and_leaves_its_own_with_the_last_acknowledgement()
    {
        var queue = new TestQueue(settings: Grouped);
        var getter = new ConsumerKey(3, -1);
        var consumer = queue.Start(1, 1, TestQueue.Settings(prefetch: 1));
        Publish(queue, 1, "a1", "a2", "b1", "b2");

        queue.Decider.Take(getter, 1, noAck: false);
        queue.Decider.Take(new ConsumerKey(4, -1), 2, noAck: true);
        Assert.Equal([2L, null], queue.Gets.Select(static get => get.Segment?.FirstPosition));
        queue.Settle(consumer, SettleOutcome.Accepted, 0);
        queue.Settle(consumer, SettleOutcome.Accepted, 1);
        Assert.Equal("a1 a2", queue.TextOf(consumer));
        queue.Settle(getter, SettleOutcome.Accepted, 2);

        Assert.Equal("a1 a2 b2", queue.TextOf(consumer));
    }

    [Fact]
    public void One_consumer_gets_all_in_the_queues_order()
    {
        var queue = new TestQueue(settings: Grouped);
        Publish(queue, 1, "b1", "a1", "-", "a2", "c1", "b2", "-", "a3");

        Assert.Equal("b1 a1 - a2 c1 b2 - a3", queue.Drain());
    }

    [Fact]
    public void Groups_are_exclusive_and_in_order_under_returns_closes_evictions_and_crashes() =>
        Gen.Select(Gen.Bool, Gen.Select(Gen.Int[0, 99], Gen.Int[0, 1000], Gen.Int[0, 1000]).Array[1, 150]).Sample(
            (isFair, commands) => new Run(isFair).Execute(commands), iter: 300);

    // The first letter is the group, but for a dash.
    private static void Publish(TestQueue queue, long sequence, params string[] bodies) =>
        queue.Decider.Publish(1, sequence, TestBatches.Of([.. bodies.Select(static body => new TestMessage(
            Encoding.UTF8.GetBytes(body), Properties: body[0] == '-' ? null : TextFormat.Properties(("group", body[..1]))))]));

    private sealed record Message(string? Group, int Priority);

    private sealed class Run(bool isFair)
    {
        private readonly Dictionary<long, Message> _ready = [];
        private readonly Dictionary<long, (Message Message, ConsumerKey Holder)> _held = [];
        private readonly Dictionary<string, ConsumerKey> _owners = [];
        private readonly Dictionary<ConsumerKey, int> _consumers = [];
        private readonly HashSet<ConsumerKey> _stopped = [];
        private TestQueue _queue = new(Tiny, settings: isFair ? Grouped with { FairHeader = "tenant" } : Grouped);
        private long _sequence;
        private long _next;
        private int _ids;

        public void Execute(IEnumerable<(int Kind, int A, int B)> commands)
        {
            foreach (var (kind, a, b) in commands)
            {
                Step(kind, a, b);
                Collect();
                Compare();
            }

            foreach (var consumer in _consumers.Keys.ToArray())
            {
                Close(consumer);
                Collect();
            }

            var last = Start(int.MaxValue);
            _queue.AnswerLoads();
            Collect();
            Assert.Empty(_ready);
            Assert.All(_held.Values, held => Assert.Equal(last, held.Holder));
        }

        private void Step(int kind, int a, int b)
        {
            switch (kind)
            {
                case < 35:
                    Publish(a, b);
                    break;
                case < 45:
                    Start(1 + (a % 4));
                    break;
                case < 75 when _held.Count > 0:
                    Settle(_held.Keys.Order().ElementAt(a % _held.Count), b % 3 == 0);
                    break;
                case < 80 when _consumers.Count > 0:
                    Stop(_consumers.Keys.ElementAt(a % _consumers.Count));
                    break;
                case < 85 when _consumers.Count > 0:
                    Close(_consumers.Keys.ElementAt(a % _consumers.Count));
                    break;
                case < 90 when _queue.Loads.Count > 0:
                    _queue.AnswerLoad(a % _queue.Loads.Count);
                    break;
                case < 95:
                    _queue.CommitAll();
                    break;
                case < 97:
                    _queue.StoreIndex();
                    break;
                case < 99:
                    Crash();
                    break;
            }
        }

        private void Publish(int count, int kinds)
        {
            var messages = new TestMessage[1 + (count % 4)];
            for (var i = 0; i < messages.Length; i++)
            {
                var group = (kinds + (i * count)) % 5 is > 0 and var number ? $"g{number}" : null;
                var priority = (kinds >> i) & 1;
                messages[i] = new TestMessage(
                    new byte[1 + (kinds % 20)], Priority: (byte)priority, Properties: TextFormat.Properties(("group", group), ("tenant", $"t{kinds % 3}")));
                _ready.Add(_next++, new Message(group, priority));
            }

            _queue.Decider.Publish(1, ++_sequence, TestBatches.Of(messages));
        }

        private ConsumerKey Start(int prefetch)
        {
            var key = new ConsumerKey(1, ++_ids);
            _consumers.Add(key, prefetch);
            _queue.Start(1, _ids, TestQueue.Settings(prefetch));
            return key;
        }

        private void Settle(long position, bool requeue)
        {
            var (message, holder) = _held[position];
            _held.Remove(position);
            if (requeue)
            {
                _ready.Add(position, message);
            }

            ForgetOwners();
            _queue.Settle(holder, requeue ? SettleOutcome.Requeued : SettleOutcome.Accepted, position);
        }

        private void Stop(ConsumerKey consumer)
        {
            _stopped.Add(consumer);
            ForgetOwners();
            _queue.Decider.StopConsumer(consumer);
        }

        private void Close(ConsumerKey consumer)
        {
            foreach (var (position, held) in _held.Where(held => held.Value.Holder == consumer).ToArray())
            {
                _held.Remove(position);
                _ready.Add(position, held.Message);
            }

            _consumers.Remove(consumer);
            ForgetOwners();
            _queue.Decider.CloseConsumer(consumer);
        }

        private void Crash()
        {
            _queue.CommitAll();
            _queue = _queue.Crash();
            _next = _queue.Decider.Index().NextPosition;
            foreach (var (position, held) in _held)
            {
                _ready.Add(position, held.Message);
            }

            _held.Clear();
            _owners.Clear();
            _consumers.Clear();
            _stopped.Clear();
            _sequence = 0;
        }

        // A group is nobody's when its consumer is gone or stopped and holds nothing, or when it has run empty.
        private void ForgetOwners()
        {
            foreach (var consumer in _stopped.Where(consumer => _held.Values.All(held => held.Holder != consumer)).ToArray())
            {
                _consumers.Remove(consumer);
                _stopped.Remove(consumer);
            }

            foreach (var (group, owner) in _owners.ToArray())
            {
                var isEmpty = _ready.Values.All(message => message.Group != group) && _held.Values.All(held => held.Message.Group != group);
                if (isEmpty || !_consumers.ContainsKey(owner))
                {
                    _owners.Remove(group);
                }
            }
        }

        private void Collect()
        {
            foreach (var (consumer, segment) in _queue.Delivered)
            {
                for (var position = segment.FirstPosition; position < segment.FirstPosition + segment.Count; position++)
                {
                    Assert.True(_ready.Remove(position, out var message), $"Position {position} is not ready.");
                    _held.Add(position, (message, consumer));
                    if (message.Group is not null)
                    {
                        Assert.True(_owners.TryAdd(message.Group, consumer) || _owners[message.Group] == consumer, "A group went to two consumers.");
                        Assert.True(isFair || !_ready.Any(other => other.Value == message && other.Key < position), "A group was delivered out of order.");
                    }
                }
            }

            _queue.Delivered.Clear();
        }

        private void Compare()
        {
            Assert.Equal(_ready.Count, _queue.Decider.ReadyCount);
            Assert.Equal(_held.Count, _queue.Decider.UnsettledCount);
            if (_queue.Loads.Count > 0)
            {
                return;
            }

            foreach (var (consumer, prefetch) in _consumers.Where(consumer => !_stopped.Contains(consumer.Key)))
            {
                var isFull = _held.Values.Count(held => held.Holder == consumer) >= prefetch;
                Assert.True(
                    isFull || _ready.Values.All(message => message.Group is not null && _owners.TryGetValue(message.Group, out var owner) && owner != consumer),
                    "A consumer waits for a message that it may have.");
            }
        }
    }
}
