using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>Which consumer is served: priorities of consumers, the single active one, exclusive ones.</summary>
public sealed class QueueConsumersSpec
{
    private static readonly QueueSettings Classic = new() { SingleActiveConsumer = true };
    private static readonly QueueSettings Quorum = new() { SingleActiveConsumer = true, Type = QueueType.Quorum };

    [Fact]
    public void A_consumer_of_higher_priority_has_everything_while_it_can_take_it()
    {
        var queue = new TestQueue();
        var low = queue.Start(1, 1, Settings(0, priority: -1));
        var high = queue.Start(2, 1, Settings(2, priority: 7));
        var other = queue.Start(3, 1, Settings(2, priority: 7));
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a", "b", "c", "d", "e", "f"));

        Assert.Equal((2, 2, 2), (CountOf(queue, low), CountOf(queue, high), CountOf(queue, other)));
        queue.Settle(high, SettleOutcome.Accepted, 0);
        queue.Decider.Publish(1, 2, TestBatches.Persistent("g", "h"));

        Assert.Equal("a c g", queue.TextOf(high));
        Assert.Equal("e f h", queue.TextOf(low));
    }

    [Fact]
    public void A_consumer_that_its_channel_holds_back_leaves_messages_to_lower_priorities()
    {
        var queue = new TestQueue();
        var low = queue.Start(1, 1, Settings(0));
        var high = queue.Start(2, 1, Settings(0, priority: 1));
        queue.Decider.SetConsumerActive(high, active: false);
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a"));
        queue.Decider.SetConsumerActive(high, active: true);
        queue.Decider.Publish(1, 2, TestBatches.Persistent("b"));

        Assert.Equal(("a", "b"), (queue.TextOf(low), queue.TextOf(high)));
    }

    [Fact]
    public void One_consumer_is_active_and_the_next_in_order_takes_over()
    {
        var queue = new TestQueue(settings: Classic);
        var first = queue.Start(1, 1, Settings(1));
        var second = queue.Start(2, 1, Settings(0));
        var third = queue.Start(3, 1, Settings(0));
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a", "b", "c"));

        Assert.Equal(("a", ""), (queue.TextOf(first), queue.TextOf(second)));
        Assert.Equal(first, queue.Decider.SingleActiveConsumer);
        queue.Decider.CloseConsumer(first);

        Assert.Equal(second, queue.Decider.SingleActiveConsumer);
        Assert.Equal("a* b c", queue.TextOf(second));
        queue.Decider.StopConsumer(second);
        queue.Decider.Publish(1, 2, TestBatches.Persistent("d"));
        Assert.Equal("d", queue.TextOf(third));
        queue.Decider.ConnectionClosed(3);
        Assert.Null(queue.Decider.SingleActiveConsumer);
    }

    [Fact]
    public void A_cancelled_active_consumer_is_followed_at_once()
    {
        var queue = new TestQueue(settings: Classic);
        var first = queue.Start(1, 1, Settings(1));
        var second = queue.Start(2, 1, Settings(0));
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a", "b"));

        queue.Decider.StopConsumer(first);

        Assert.Equal(("a", "b"), (queue.TextOf(first), queue.TextOf(second)));
    }

    [Fact]
    public void On_a_classic_queue_priority_matters_when_the_active_consumer_leaves()
    {
        var queue = new TestQueue(settings: Classic);
        var first = queue.Start(1, 1, Settings(0));
        queue.Start(2, 1, Settings(0));
        var high = queue.Start(3, 1, Settings(0, priority: 5));
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a"));
        Assert.Equal("a", queue.TextOf(first));

        queue.Decider.StopConsumer(first);

        Assert.Equal(high, queue.Decider.SingleActiveConsumer);
    }

    [Fact]
    public void On_a_quorum_queue_a_higher_priority_takes_over_when_the_active_consumer_holds_nothing()
    {
        var queue = new TestQueue(settings: Quorum);
        var low = queue.Start(1, 1, Settings(1));
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a", "b", "c"));
        var high = queue.Start(2, 1, Settings(1, priority: 1));
        Assert.Equal(low, queue.Decider.SingleActiveConsumer);

        queue.Settle(low, SettleOutcome.Accepted, 0);

        Assert.Equal(high, queue.Decider.SingleActiveConsumer);
        Assert.Equal(("a", "b"), (queue.TextOf(low), queue.TextOf(high)));
    }

    [Fact]
    public void An_active_consumer_goes_on_when_the_one_it_gives_way_to_leaves_first()
    {
        var queue = new TestQueue(settings: Quorum);
        var low = queue.Start(1, 1, Settings(2));
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a"));
        var high = queue.Start(2, 1, Settings(1, priority: 1));
        queue.Decider.Publish(1, 2, TestBatches.Persistent("b"));
        Assert.Equal("a", queue.TextOf(low));

        queue.Decider.CloseConsumer(high);

        Assert.Equal("a b", queue.TextOf(low));
    }

    [Fact]
    public void Exclusive_consuming_is_refused_where_one_consumer_is_active_anyway()
    {
        var queue = new TestQueue(settings: Classic);
        var refusal = queue.Decider.StartConsumer(new ConsumerKey(1, 1), Settings(0) with { Exclusive = true }, "queue 'q' in vhost '/'");

        Assert.Equal(new Refusal(RefusalReason.AccessRefused, "queue 'q' in vhost '/' in exclusive use"), refusal);
    }

    [Fact]
    public void A_queue_may_become_one_with_a_single_active_consumer_and_back()
    {
        var queue = new TestQueue();
        var first = queue.Start(1, 1, Settings(0));
        var second = queue.Start(2, 1, Settings(0));
        queue.Decider.Apply(Classic);
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a", "b"));
        Assert.Equal("a b", queue.TextOf(first));

        queue.Decider.Apply(QueueSettings.Default);
        queue.Decider.Publish(1, 2, TestBatches.Persistent("c", "d"));

        Assert.NotEqual("", queue.TextOf(second));
    }

    [Fact]
    public void A_lower_priority_is_served_only_when_no_higher_one_can_take() =>
        Gen.Select(Gen.Int[0, 2], Gen.Select(Gen.Int[0, 9], Gen.Int[0, 1000]).Array[1, 80]).Sample(
            (kind, commands) => new Run(kind).Execute(commands), iter: 600);

    private static ConsumerSettings Settings(int prefetch, int priority = 0) => TestQueue.Settings(prefetch) with
    {
        Arguments = priority == 0 ? ArgumentTable.Empty : ArgumentTable.Of(("x-priority", ArgumentValue.FromInt32(priority))),
    };

    private static int CountOf(TestQueue queue, ConsumerKey key) =>
        queue.Delivered.Where(delivered => delivered.Consumer == key).Sum(static delivered => delivered.Segment.Count);

    private sealed class Run(int kind)
    {
        private sealed class Member(ConsumerKey key, int priority, int prefetch)
        {
            public ConsumerKey Key { get; } = key;

            public int Priority { get; } = priority;

            public List<long> Held { get; } = [];

            public bool HasRoom => Held.Count < prefetch;
        }

        private readonly TestQueue _queue = new(settings: kind == 0 ? null : kind == 1 ? Classic : Quorum);
        private readonly List<Member> _members = [];
        private Member? _active;
        private long _sequence;
        private int _ids;

        public void Execute((int Kind, int Pick)[] commands)
        {
            foreach (var (command, pick) in commands)
            {
                Step(command, pick);
                Collect();
            }
        }

        private void Step(int command, int pick)
        {
            var member = _members.Count > 0 ? _members[pick % _members.Count] : null;
            switch (command)
            {
                case < 4:
                    _queue.Decider.Publish(1, ++_sequence, TestBatches.Transient([.. Enumerable.Repeat("m", 1 + (pick % 4))]));
                    break;
                case < 6:
                    var joined = new Member(new ConsumerKey(1, ++_ids), pick % 3, 1 + (pick % 4));
                    _members.Add(joined);
                    _active ??= joined;
                    _queue.Start(1, _ids, Settings(1 + (pick % 4), pick % 3));
                    break;
                case < 9 when member is { Held.Count: > 0 }:
                    var position = member.Held[pick % member.Held.Count];
                    member.Held.Remove(position);
                    _queue.Decider.Settle(member.Key, pick % 2 == 0 ? SettleOutcome.Accepted : SettleOutcome.Requeued, new PositionRange(position, 1));
                    GiveWay();
                    _queue.Decider.AfterSettling();
                    break;
                case 9 when member is not null:
                    _members.Remove(member);
                    _active = ReferenceEquals(member, _active) ? Best() : _active;
                    _queue.Decider.CloseConsumer(member.Key);
                    break;
            }

            GiveWay();
        }

        // A quorum queue's active consumer that holds nothing gives way to a higher priority.
        private void GiveWay()
        {
            if (kind == 2 && _active is { Held.Count: 0 } && Best()!.Priority > _active.Priority)
            {
                _active = Best();
            }
        }

        private Member? Best() => _members.OrderByDescending(static member => member.Priority).ThenBy(static member => member.Key.ConsumerId).FirstOrDefault();

        private void Collect()
        {
            foreach (var (key, segment) in _queue.Delivered)
            {
                var member = _members.Single(candidate => candidate.Key == key);
                for (var i = 0; i < segment.Count; i++)
                {
                    Assert.True(member.HasRoom);
                    member.Held.Add(segment.FirstPosition + i);
                }
            }

            // Whoever was served, those above have no room left.
            if (kind == 0 && _queue.Delivered.Count > 0)
            {
                var lowest = _queue.Delivered.Min(delivered => _members.Single(member => member.Key == delivered.Consumer).Priority);
                Assert.DoesNotContain(_members, member => member.Priority > lowest && member.HasRoom);
            }

            if (kind > 0)
            {
                Assert.Equal(_active?.Key, _queue.Decider.SingleActiveConsumer);
                Assert.All(_queue.Delivered, delivered => Assert.Equal(_active!.Key, delivered.Consumer));
            }

            _queue.Delivered.Clear();
            var mayTake = kind == 0
                ? _members.Exists(static member => member.HasRoom)
                : _active is { HasRoom: true } && !(kind == 2 && Best()!.Priority > _active.Priority);
            Assert.False(_queue.Decider.ReadyCount > 0 && mayTake, "Somebody waits for a message that is there.");
        }
    }
}
