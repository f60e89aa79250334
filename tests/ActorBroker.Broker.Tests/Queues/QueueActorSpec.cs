using ActorBroker.Broker.Forwarding;
using ActorBroker.Broker.Policies;
using ActorBroker.Broker.Queues;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Protocols.Amqp091.Mapping;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>One queue entity between probes, on a clock that only the test moves.</summary>
public abstract class QueueActorSpec : EntityTestKit
{
    protected static readonly QueueKey Key = new("/", "q");
    protected static readonly string JournalId = EntityIds.PersistenceId(EntityIds.QueueType, EntityIds.Of(Key));
    protected static readonly QueueDefinition Durable = new(true, false, false, ArgumentTable.Empty);
    protected static readonly QueueDefinition Transient = Durable with { Durable = false };
    protected static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Nothing is paged, snapshot or trimmed unless a test asks for it.</summary>
    protected static readonly QueueOptions Roomy = new(
        ResidentBytes: 1 << 20, WriteBatchBytes: 1 << 20, FlushInterval, SegmentBytes: 1 << 18, SnapshotAfterEvents: int.MaxValue,
        SnapshotAfterBytes: long.MaxValue, TrimAfterEvents: int.MaxValue, TrimAfterBytes: long.MaxValue, SpillDelay: TimeSpan.FromMilliseconds(500), ConsumerTimeout: TimeSpan.FromMinutes(30), DefaultType: QueueType.Classic);

    protected QueueActorSpec()
        : this(Roomy)
    {
    }

    protected QueueActorSpec(QueueOptions options)
        : base(ConfigurationFactory.ParseString("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """))
    {
        Exchanges = Probe("exchanges");
        Catalogue = Probe("catalogue");
        Transactions = Probe("transactions");
        Client = Probe("client");
        Asker = Probe("asker");
        Disk = new RecordedReads(Journal);
        Clock = new BreakableClock();
        Routing = Probe("routing");
        Policies = new NodePolicies(_ => Routing.Ref);
        Policies.Set("/", VirtualHostPolicies.Empty);
        var settings = new QueueActorSettings(
            options, Clock, new MessageFormats(new Amqp091MessageFormat()), new SegmentReader(Disk), _ => Queues!, _ => Exchanges.Ref, _ => Catalogue.Ref, _ => Transactions.Ref,
            new ForwardingServices(_ => Queues!, Routing, Tables, new MessageFormats(new Amqp091MessageFormat()), Clock), Policies) { Sleeping = Sleeping };
        Queues = Sys.ActorOf(LocalRegion.Props(entityId => QueueActor.Props(entityId, settings)), "queues");
        Answer(Catalogue, message => message switch
        {
            RegisterName register => new NameRegistered(register.RequestId, null),
            UnregisterName unregister => new NameUnregistered(unregister.RequestId, null),
            _ => null,
        });
        Answer(Exchanges, message => message is RemoveDestination remove ? new DestinationRemoved(remove.RequestId, null) : null);
    }

    protected IActorRef Queues { get; }

    /// <summary>The node's policies: none unless a test sets some.</summary>
    protected NodePolicies Policies { get; }

    /// <summary>The node's queues that have left memory.</summary>
    protected SleepingQueues Sleeping { get; } = new();

    /// <summary>The node's routing table actor.</summary>
    protected TestProbe Routing { get; }

    protected TestProbe Exchanges { get; }

    protected TestProbe Catalogue { get; }

    /// <summary>Those who decide transactions of several queues.</summary>
    protected TestProbe Transactions { get; }

    /// <summary>The connection that most tests need.</summary>
    protected TestProbe Client { get; }

    /// <summary>Looks at the queue without getting into the way of what <see cref="Client"/> hears.</summary>
    protected TestProbe Asker { get; }

    /// <summary>By which the queue's dead letters are routed.</summary>
    protected RoutingTables Tables { get; } = new();

    private protected RecordedReads Disk { get; }

    private protected BreakableClock Clock { get; }

    protected IEnumerable<object> Events => Journal.Written(JournalId).Select(static written => written.Payload);

    protected void Advance(TimeSpan time) => ((TestScheduler)Sys.Scheduler).Advance(time);

    protected static void Answer(TestProbe probe, Func<object, object?> answer) =>
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            if (answer(message) is { } reply)
                sender.Tell(reply, probe.Ref);
            return AutoPilot.KeepRunning;
        }));

    protected static void KeepSilent(TestProbe probe) => Answer(probe, static _ => null);

    protected IActorRef Declare(QueueDefinition? definition = null)
    {
        Queues.Tell(new DeclareQueue(Key, 1, definition ?? Durable, false, Someone), Client.Ref);
        Client.ExpectMsg(new QueueAnswered(1, null, 0, 0));
        return Resolve();
    }

    protected IActorRef Resolve()
    {
        Queues.Tell(new ResolveQueue(Key, 2), Asker.Ref);
        return Asker.ExpectMsg<QueueResolved>().Actor;
    }

    protected static void Consume(IActorRef queue, TestProbe by, int consumerId = 1, int prefetch = 0, bool exclusive = false)
    {
        queue.Tell(Start(consumerId, prefetch, exclusive), by.Ref);
        by.ExpectMsg(new ConsumerStarted(3, consumerId));
    }

    protected static StartConsumer Start(int consumerId, int prefetch = 0, bool exclusive = false, int windowBytes = 1 << 20) =>
        new(3, consumerId, new ConsumerSettings("tag", false, exclusive, prefetch, windowBytes, ArgumentTable.Empty), Someone);

    protected void Publish(IActorRef queue, long linkSequence, params string[] bodies) =>
        queue.Tell(new PublishBatch(linkSequence, TestBatches.Persistent(bodies)), Client.Ref);

    protected void PublishConfirmed(IActorRef queue, long linkSequence, params string[] bodies)
    {
        Publish(queue, linkSequence, bodies);
        Confirmed(Client, linkSequence);
    }

    protected static void Confirmed(TestProbe connection, long linkSequence)
    {
        while (connection.ExpectMsg<PublishProgress>().ConfirmedSequence < linkSequence)
        {
        }
    }

    protected static void Settle(IActorRef queue, TestProbe by, long first, long count = 1, int consumerId = 1) =>
        queue.Tell(new SettleMessages([new Settlement(consumerId, SettleOutcome.Accepted, new PositionRange(first, count))]), by.Ref);

    protected static IEnumerable<string> Bodies(IEnumerable<DeliverySegment> segments) =>
        segments.SelectMany(segment => Enumerable.Range(0, segment.Count).Select(index => TestBatches.BodyText(segment, index)));

    /// <summary>The next so many messages that reach a connection's consumers.</summary>
    protected static List<string> Delivered(TestProbe connection, int count)
    {
        var bodies = new List<string>();
        while (bodies.Count < count)
            bodies.AddRange(Bodies(connection.ExpectMsg<DeliverMessages>().Segments));
        Assert.Equal(count, bodies.Count);
        return bodies;
    }

    protected string? Get(IActorRef queue)
    {
        queue.Tell(new GetMessage(4, 9, NoAck: true), Asker.Ref);
        return Asker.ExpectMsg<MessageTaken>().Segment is { } segment ? TestBatches.BodyText(segment, 0) : null;
    }

    /// <summary>Everything told before has been handled.</summary>
    protected long ReadyCount()
    {
        Queues.Tell(new DeclareQueue(Key, 5, Durable, true, Someone), Asker.Ref);
        return Asker.ExpectMsg<QueueAnswered>(static answered => answered.Refusal is null).MessageCount;
    }

    protected void Restart(IActorRef queue)
    {
        StopAndAwait(queue);
        ExpectNoMsg(0);
    }

    protected void AwaitEvents(int count) => AwaitAssert(() => Assert.Equal(count, Events.Count()));

    /// <summary>Tells the system's time, or fails: the stand-in for a bug in a handler.</summary>
    private protected sealed class BreakableClock : TimeProvider
    {
        public bool IsBroken { get; set; }

        public TimeSpan Passed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;

        public override DateTimeOffset GetUtcNow() => IsBroken ? throw new InvalidOperationException("broken") : DateTimeOffset.UnixEpoch + Passed;
    }
}
