using ActorBroker.Broker.DeadLetters;
using ActorBroker.Broker.Forwarding;
using ActorBroker.Connections.Tests.Sessions;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Protocols.Amqp091.Mapping;
using ActorBroker.Protocols.Amqp091.Wire;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.DeadLetters;

/// <summary>
/// What sees to a queue's dead letters, with the test as its queue, probes as the queues that it publishes to, and
/// routing tables that the test writes.
/// </summary>
public abstract class DeadLetterSpec : EntityTestKit
{
    protected static readonly QueueKey Source = new("/", "source");

    private protected static readonly DeadLetterTarget AtMostOnce = new("dlx", null, DeadLetterStrategy.AtMostOnce, null);
    private protected static readonly DeadLetterTarget AtLeastOnce = AtMostOnce with { Strategy = DeadLetterStrategy.AtLeastOnce };

    private readonly Dictionary<string, TestProbe> _queues = [];

    protected DeadLetterSpec()
        : base(ConfigurationFactory.ParseString("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """))
    {
        Region = Probe("queues");
        Loader = Probe("loader");
        Answer(Region, message => message is ResolveQueue { Queue.Name: var name } resolve && _queues.TryGetValue(name, out var queue)
            ? new QueueResolved(resolve.RequestId, resolve.Queue, queue.Ref)
            : null);
        Tables.SetNames("/", []);
        Services = new ForwardingServices(_ => Region, Loader, Tables, new MessageFormats(new Amqp091MessageFormat()), Clock);
    }

    protected RoutingTables Tables { get; } = new();

    protected TestProbe Region { get; }

    /// <summary>Whom exchanges are to be loaded by.</summary>
    protected TestProbe Loader { get; }

    private protected ManualClock Clock { get; } = new();

    private protected ForwardingServices Services { get; }

    protected static void Answer(TestProbe probe, Func<object, object?> answer) =>
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            if (answer(message) is { } reply)
                sender.Tell(reply, probe.Ref);
            return AutoPilot.KeepRunning;
        }));

    // On the thread that tells it something: what the test has told is done.
    private protected IActorRef Start(DeadLetterTarget target) =>
        ChildActorOf(DeadLetterActor.Props(Source, target, Services).WithDispatcher(CallingThreadDispatcher.Id));

    /// <summary>The name of an exchange whose routes are not loaded.</summary>
    protected void DeclareUnloaded(string name) => Tables.AddName("/", Destination.Exchange(name));

    /// <summary>A fanout exchange, with its routes loaded.</summary>
    protected void Declare(string name, params string[] queues)
    {
        Tables.AddName("/", Destination.Exchange(name));
        Load(name);
        foreach (var queue in queues)
            Bind(name, queue);
    }

    protected void Bind(string exchange, string queue) =>
        Tables.Bind(new ExchangeKey("/", exchange), new Binding(Destination.Queue(queue), string.Empty, ArgumentTable.Empty));

    /// <summary>A queue that is found, and says nothing by itself.</summary>
    protected TestProbe Queue(string name) => _queues[name] = CreateTestProbe(name);

    protected void Pass(double seconds)
    {
        for (var second = 0.0; second < seconds; second++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(1));
        }
    }

    private protected static DeadLetterSegment Dead(
        long first, DeathReason reason, BasicProperties? properties = null, MessageRoute? route = null, params string[] bodies)
    {
        var flags = properties is null ? [0, 0] : properties.ToArray();
        var batch = TestBatches.Of(
            [route ?? MessageRoute.Create("x", "key")],
            [.. bodies.Select(body => new TestMessage(System.Text.Encoding.UTF8.GetBytes(body), Properties: flags))]);
        return new DeadLetterSegment(new DeliverySegment(batch, 0, batch.Count, first, false), reason);
    }

    /// <summary>The next batch that comes to a queue.</summary>
    protected static MessageBatch Received(TestProbe queue, long linkSequence)
    {
        var publish = queue.ExpectMsg<PublishBatch>();
        Assert.Equal(linkSequence, publish.LinkSequence);
        return publish.Batch;
    }

    protected static void Confirm(TestProbe queue, long linkSequence) => queue.Reply(new PublishProgress(linkSequence, linkSequence));

    protected static BasicProperties Properties(MessageBatch batch, int index = 0) => BasicProperties.Read(batch[index].Properties);

    protected static string Body(MessageBatch batch, int index = 0) => System.Text.Encoding.UTF8.GetString(batch[index].Body);

    protected static ArgumentValue Header(BasicProperties properties, string name) =>
        properties.Headers is { } headers && headers.TryGetValue(name, out var value) ? value : ArgumentValue.Void;

    protected void ExpectDone(params PositionRange[] positions) => Assert.Equal(positions, ExpectMsg<DeadLettersDone>().Positions);

    private void Load(string exchange) => Tables.SetRoutes(
        new ExchangeKey("/", exchange), new ExchangeDefinition(ExchangeTypes.Fanout, true, false, true, ArgumentTable.Empty), []);
}
