using ActorBroker.Connections.Registry;
using ActorBroker.Connections.Sessions;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Replies;
using ActorBroker.Core.Access;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Protocols.Amqp091.Mapping;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Akka.TestKit;
using System.Net;
using System.Text;
using Xunit;

namespace ActorBroker.Connections.Tests.Sessions;

/// <summary>A session whose broker is made of probes, on a clock that only the test moves.</summary>
public abstract class BrokerSessionSpec : TestKit
{
    protected const long WindowBytes = 1000;

    private readonly TestProbe _routing;

    protected BrokerSessionSpec(bool hasOtherNodes = false)
        : base("akka { loglevel = WARNING, test.single-expect-default = 20s }")
    {
        Queues = CreateTestProbe("queues");
        Exchanges = CreateTestProbe("exchanges");
        Self = CreateTestProbe("session");
        Replies = CreateTestProbe("replies");
        Access = CreateTestProbe("access");
        Transactions = CreateTestProbe("transactions");
        _routing = CreateTestProbe("routing");
        var services = new BrokerServices(
            Queues.Ref, Exchanges.Ref, Access.Ref, Transactions.Ref, _routing.Ref, Tables, Connections, new ReplyDirectory(Replies.Ref, "node"),
            Sys.EventStream, new MessageFormats(new Amqp091MessageFormat()), Users.Services, "broker@node", Clock, WindowBytes)
        {
            HasOtherNodes = hasOtherNodes,
        };
        Session = new BrokerSession(services, Self.Ref, Watched.Add, new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2));
        Session.Attach(Heard);
        Open();
    }

    internal ManualClock Clock { get; } = new();

    internal HeardBySession Heard { get; } = new();

    protected RoutingTables Tables { get; } = new();

    protected ConnectionLimit Connections { get; } = new(1);

    protected BrokerSession Session { get; }

    protected TestProbe Queues { get; }

    protected TestProbe Exchanges { get; }

    protected TestProbe Self { get; }

    protected TestProbe Replies { get; }

    protected TestProbe Access { get; }

    /// <summary>Those who decide transactions of several queues.</summary>
    protected TestProbe Transactions { get; }

    internal KnownUsers Users { get; } = new();

    protected List<IActorRef> Watched { get; } = [];

    protected TestProbe NewQueue() => CreateTestProbe();

    /// <summary>Answers the session's next question for a queue.</summary>
    /// <returns>What it says of the session's link.</returns>
    protected LinkOpening Found(string name, TestProbe queue, long known = 0, long declaration = 0)
    {
        var resolve = Queues.ExpectMsg<ResolveQueue>();
        Assert.Equal(new QueueKey("/", name), resolve.Queue);
        Tell(Queues, new QueueResolved(resolve.RequestId, resolve.Queue, queue.Ref)
        {
            Declaration = declaration,
            Standing = new LinkStanding(Math.Max(known, resolve.Link.ConfirmedSequence)),
        });
        return resolve.Link;
    }

    protected void NotFound(string name)
    {
        var resolve = Queues.ExpectMsg<ResolveQueue>();
        Assert.Equal(name, resolve.Queue.Name);
        Tell(Queues, new QueueAnswered(resolve.RequestId, new Refusal(RefusalReason.NotFound, "no queue"), 0, 0));
    }

    /// <summary>The session hears what it has told itself, or was told by those who let in.</summary>
    protected void HearSelf() => Session.OnMessage(Self.Ref, Self.ReceiveOne(TimeSpan.FromSeconds(20)));

    /// <summary>A message of an actor reaches the session.</summary>
    protected void Tell(TestProbe from, object message) => Session.OnMessage(from.Ref, message);

    protected void Terminate(TestProbe queue)
    {
        Assert.Contains(queue.Ref, Watched);
        Session.OnMessage(queue.Ref, new Terminated(queue.Ref, existenceConfirmed: true, addressTerminated: false));
    }

    protected PublishTarget Target(string exchange, string routingKey)
    {
        var target = Session.GetTarget(MessageRoute.Create(exchange, routingKey));
        Assert.Equal(TargetStatus.Ready, Session.Prepare(target, [], static () => { }));
        return target;
    }

    protected void Fanout(string exchange, params string[] queues) => Tables.SetRoutes(
        new ExchangeKey("/", exchange),
        new ExchangeDefinition(ExchangeTypes.Fanout, true, false, false, ArgumentTable.Empty),
        queues.Select(static queue => new Binding(Destination.Queue(queue), string.Empty, ArgumentTable.Empty)));

    protected bool Publish(PublishTarget target, string body, ulong tag = 0, int channel = 1)
    {
        Assert.Equal(TargetStatus.Ready, Session.Prepare(target, [], static () => { }));
        var bytes = Encoding.UTF8.GetBytes(body);
        var message = PublishedMessage.InPlaces([0, 0], 0, 2, bytes, 0, bytes.Length, MessageFormat.Amqp091, MessageFlags.Persistent, 0);
        return Session.Publish(target, message, [], tag == 0 ? PublishConfirm.None : new PublishConfirm(channel, tag));
    }

    protected void PublishOne(PublishTarget target, string body, ulong tag = 0)
    {
        Publish(target, body, tag);
        Session.EndOfRead();
    }

    /// <summary>The bodies of the next batch that a queue is told, and its sequence.</summary>
    protected static (long Sequence, string Bodies) Batch(TestProbe queue)
    {
        var publish = queue.ExpectMsg<PublishBatch>();
        var segment = new DeliverySegment(publish.Batch, 0, publish.Batch.Count, 0, false);
        return (publish.LinkSequence, string.Join(' ', Enumerable.Range(0, publish.Batch.Count).Select(i => TestBatches.BodyText(segment, i))));
    }

    protected static SessionChannel Channel { get; } = new(1, 1);

    protected static ConsumerSettings Settings { get; } = new("tag", false, false, 0, 1 << 20, ArgumentTable.Empty);

    protected static DeliverMessages Delivery(int consumerId, long position, params string[] bodies) =>
        new(consumerId, [new DeliverySegment(TestBatches.Persistent(bodies), 0, bodies.Length, position, false)]);

    private void Open()
    {
        Refusal? opened = new(RefusalReason.Unavailable, "no answer");
        Session.Authenticate(new Credential.Password("guest", "guest"), static _ => { });
        HearSelf();
        Session.OpenVirtualHost("/", refusal => opened = refusal);
        var open = Access.ExpectMsg<OpenVirtualHost>();
        Tell(Access, new VirtualHostOpened(open.RequestId, null));
        _routing.ExpectMsg<LoadVirtualHost>();
        Tables.SetNames("/", [.. "abc".Select(static name => Destination.Queue(name.ToString())), Destination.Exchange("f"), Destination.Exchange("g")]);
        Tell(_routing, new VirtualHostLoaded("/"));
        Assert.Null(opened);
    }
}
