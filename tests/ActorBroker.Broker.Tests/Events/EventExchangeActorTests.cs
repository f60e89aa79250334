using ActorBroker.Broker.Events;
using ActorBroker.Broker.Forwarding;
using ActorBroker.Broker.Policies;
using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Protocols.Amqp091.Mapping;
using ActorBroker.Protocols.Amqp091.Wire;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using Xunit;
using QueueDeleted = ActorBroker.Contracts.Events.QueueDeleted;

namespace ActorBroker.Broker.Tests.Events;

/// <summary>What publishes a node's events, with routing tables that the test writes and a probe as the queue that is bound.</summary>
public sealed class EventExchangeActorTests : EntityTestKit
{
    private static readonly Binding ToQueue = new(Destination.Queue("q"), "#", ArgumentTable.Empty);

    private readonly RoutingTables _tables = new();
    private readonly WatchedClock _clock = new();
    private readonly TestProbe _region;
    private readonly TestProbe _loader;
    private readonly TestProbe _queue;
    private readonly IActorRef _actor;

    public EventExchangeActorTests()
        : base(ConfigurationFactory.ParseString("""
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            akka.loglevel = WARNING
            """))
    {
        _region = Probe("queues");
        _loader = Probe("loader");
        _queue = Probe("queue");
        _tables.SetNames("/", [Destination.Queue("q")]);
        var services = new ForwardingServices(_ => _region, _loader, _tables, new MessageFormats(new Amqp091MessageFormat()), _clock);

        // On the thread that tells it something: what the test has told is done.
        _actor = Sys.ActorOf(EventExchangeActor.Props(services, new NodePolicies(_ => _loader), "broker@node").WithDispatcher(CallingThreadDispatcher.Id));
        // While another thread creates it, what it is told waits for what it is told next.
        AwaitAssert(() =>
        {
            var asker = CreateTestProbe();
            _actor.Tell(new Identify(null), asker);
            asker.ExpectMsg<ActorIdentity>(TimeSpan.FromMilliseconds(100));
        });
    }

    [Fact]
    public void An_event_goes_to_the_queues_that_are_bound_as_a_persistent_message_without_a_body()
    {
        Load(ToQueue);
        Happen("one");
        var batch = Resolve();
        Assert.Equal(("amq.rabbitmq.event", "queue.deleted"), (batch.RouteOf(0).Exchange, batch.RouteOf(0).RoutingKey));
        Assert.Equal(MessageFlags.Persistent | MessageFlags.HasHeaders, batch[0].Flags);
        Assert.True(batch[0].Body.IsEmpty);
        var properties = BasicProperties.Read(batch[0].Properties);
        var now = _clock.GetUtcNow();
        Assert.Equal((byte)2, properties.DeliveryMode);
        Assert.Equal((ulong)now.ToUnixTimeSeconds(), properties.Timestamp);
        Assert.Equal(
            ArgumentTable.Of(
                ("name", ArgumentValue.FromString("one")), ("vhost", ArgumentValue.FromString("/")),
                ("user_who_performed_action", ArgumentValue.FromString("guest")),
                ("timestamp_in_ms", ArgumentValue.FromInt64(now.ToUnixTimeMilliseconds()))),
            properties.Headers);
    }

    [Fact]
    public void Events_that_come_before_the_routes_are_known_wait_for_them()
    {
        Happen("one");
        Happen("two");
        _loader.ExpectMsg(new LoadExchange(PredeclaredExchanges.Event));
        _loader.ExpectNoMsg(0);
        Load(ToQueue);
        _loader.Send(_actor, new ExchangeLoaded(PredeclaredExchanges.Event));
        Assert.Equal(2, Resolve().Count);
    }

    [Fact]
    public void While_nobody_is_bound_the_actor_is_not_told_of_events()
    {
        Load();
        Assert.False(IsSubscribed());
        _tables.Bind(PredeclaredExchanges.Event, ToQueue);
        Assert.True(IsSubscribed());
        Happen("one");
        Assert.Equal(1, Resolve().Count);
        _tables.Unbind(PredeclaredExchanges.Event, ToQueue);
        Assert.False(IsSubscribed());
        Happen("two");
        _queue.ExpectNoMsg(0);
        _tables.DropRoutes(PredeclaredExchanges.Event);
        Assert.True(IsSubscribed());
    }

    [Fact]
    public void What_queues_do_not_take_in_time_is_dropped_and_told_in_the_log()
    {
        Load(ToQueue);
        Happen("first");
        Resolve();
        var name = new string('n', 200);
        var sent = 1;
        EventFilter.Warning(contains: "events were dropped: exchange 'amq.rabbitmq.event' in vhost '/', or the queues that are bound to it, do not keep up").ExpectOne(() =>
        {
            for (; sent * 300 < EventExchangeActor.BytesUnderWayMax; sent++)
                Happen(name);
            ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(1));
        });
        var batches = _queue.ReceiveWhile(message => message as PublishBatch, TimeSpan.Zero, TimeSpan.Zero, sent).ToList();
        Assert.InRange(batches.Sum(batch => (long)batch!.Batch.SizeBytes), EventExchangeActor.BytesUnderWayMax - 1000, EventExchangeActor.BytesUnderWayMax + 1000);

        // What has been dropped is lost; what comes when there is room again is not.
        _queue.Reply(new PublishProgress(batches[^1]!.LinkSequence, batches[^1]!.LinkSequence));
        Happen("last");
        var last = _queue.ExpectMsg<PublishBatch>().Batch;
        Assert.True(BasicProperties.Read(last[0].Properties).Headers!.TryGetValue("name", out var value));
        Assert.Equal("last", value.AsString());
    }

    [Fact]
    public void A_gate_lets_through_what_its_actor_has_room_for_and_counts_the_rest()
    {
        var slow = CreateTestProbe();
        var gate = new EventGate(slow, waitingMax: 2);
        for (var i = 0; i < 5; i++)
            gate.Tell(i);
        Assert.Equal([0, 1], slow.ReceiveN(2).Cast<int>());
        Assert.True(gate.HasDropped);
        Assert.Equal(3, gate.TakeDropped());
        Assert.False(gate.HasDropped);
        gate.Took();
        gate.Tell(5);
        gate.Tell(6);
        slow.ExpectMsg(5);
        slow.ExpectNoMsg(0);
        Assert.Equal(1, gate.TakeDropped());
    }

    private void Load(params Binding[] bindings)
    {
        Assert.True(PredeclaredExchanges.TryGet(PredeclaredExchanges.Event, out var definition));
        _tables.SetRoutes(PredeclaredExchanges.Event, definition, bindings);
    }

    private void Happen(string queue) => Sys.EventStream.Publish(new QueueDeleted(new QueueKey("/", queue), Someone));

    // The actor looks for the queue, finds it, and sends.
    private MessageBatch Resolve()
    {
        var resolve = _region.ExpectMsg<ResolveQueue>();
        _region.Reply(new QueueResolved(resolve.RequestId, resolve.Queue, _queue));
        var publish = _queue.ExpectMsg<PublishBatch>();
        _queue.Reply(new PublishProgress(publish.LinkSequence, publish.LinkSequence));
        return publish.Batch;
    }

    // Whoever takes an event looks at the clock, also for one that nothing is made of.
    private bool IsSubscribed()
    {
        var before = _clock.Looks;
        Sys.EventStream.Publish(new Untold());
        return _clock.Looks > before;
    }

    private sealed record Untold : BrokerEvent;

    private sealed class WatchedClock : TimeProvider
    {
        public int Looks { get; private set; }

        public override DateTimeOffset GetUtcNow()
        {
            Looks++;
            return DateTimeOffset.UnixEpoch.AddMilliseconds(90_061_001);
        }
    }
}
