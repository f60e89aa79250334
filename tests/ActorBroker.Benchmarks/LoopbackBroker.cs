using System.Net;
using ActorBroker.Connections.Registry;
using ActorBroker.Connections.Sessions;
using ActorBroker.Connections.Tests.Sessions;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Replies;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Mapping;
using ActorBroker.Protocols.Amqp091.Session;
using Akka.Actor;

namespace ActorBroker.Benchmarks;

/// <summary>
/// One AMQP connection, its session and the rules of one queue, <c>q</c>, on the thread of the caller: what the broker does
/// with a message but for sockets, mailboxes and the disk. A write is done at the next <see cref="Settle"/>.
/// </summary>
public sealed class LoopbackBroker : UnobservedQueueEffects
{
    private const int WindowBytes = 1 << 20;

    private readonly Queue<(IActorRef Sender, object Message)> _toSession = new();
    private readonly ActorSystem _system = ActorSystem.Create("benchmarks");
    private readonly RoutingTables _tables = new();
    private readonly BrokerSession _session;
    private readonly QueueDecider _queue;
    private readonly IActorRef _queueActor;
    private long _sequenceNr;
    private bool _isWriting;

    /// <param name="durable">Whether the queue is.</param>
    public LoopbackBroker(bool durable)
    {
        var access = Actor(AnswerAccess);
        var routing = Actor(AnswerRouting);
        var queues = Actor(AnswerResolve);
        _queueActor = Actor(Carry);
        var formats = new MessageFormats(new Amqp091MessageFormat());
        _queue = new QueueDecider(
            durable, QueueSettings.Default, new QueueMemoryLimits(WindowBytes, 64 * WindowBytes, 64 * WindowBytes, WindowBytes, 3), formats, now: 0, this);
        var services = new BrokerServices(
            queues, ActorRefs.Nobody, access, ActorRefs.Nobody, routing, _tables, new ConnectionLimit(0), new ReplyDirectory(ActorRefs.Nobody, "node"),
            _system.EventStream, formats, new KnownUsers().Services, "node", TimeProvider.System, WindowBytes);
        var end = new IPEndPoint(IPAddress.Loopback, 0);
        _session = new BrokerSession(services, Actor(TellSession), static _ => { }, end, end);
        Connection = new Amqp091Connection(_session, new Amqp091ConnectionSettings(), static span => span.Clear(), nowMs: 0);
        _session.Attach(Connection);
    }

    /// <summary>The machine, to be driven as a socket's stage would.</summary>
    public Amqp091Connection Connection { get; }

    /// <summary>Lets everybody hear what they were told, and the write under way be done, until nobody says any more.</summary>
    public void Settle()
    {
        do
        {
            if (_isWriting)
            {
                _isWriting = false;
                _queue.WriteCompleted(++_sequenceNr);
            }

            while (_toSession.TryDequeue(out var told))
            {
                _session.OnMessage(told.Sender, told.Message);
            }
        }
        while (_isWriting || _toSession.Count > 0);
    }

    /// <inheritdoc/>
    public override void Write(QueueWrite write) => _isWriting = true;

    /// <inheritdoc/>
    public override void Deliver(ConsumerKey consumer, DeliverySegment[] segments) =>
        TellSession(_queueActor, new DeliverMessages(consumer.ConsumerId, segments));

    /// <inheritdoc/>
    public override void Progress(int connection, long acceptedSequence, long confirmedSequence) =>
        TellSession(_queueActor, new PublishProgress(acceptedSequence, confirmedSequence));

    /// <summary>Nothing works afterwards.</summary>
    public void Stop() => _system.Dispose();

    private LoopbackActor Actor(Action<IActorRef, object> onTell) => new(((ExtendedActorSystem)_system).Provider, onTell);

    private void TellSession(IActorRef sender, object message) => _toSession.Enqueue((sender, message));

    private void AnswerAccess(IActorRef self, object message)
    {
        if (message is OpenVirtualHost open)
        {
            TellSession(self, new VirtualHostOpened(open.RequestId, null));
        }
    }

    private void AnswerRouting(IActorRef self, object message)
    {
        if (message is LoadVirtualHost load)
        {
            _tables.SetNames(load.VirtualHost, [Destination.Queue("q")]);
            TellSession(self, new VirtualHostLoaded(load.VirtualHost));
        }
    }

    private void AnswerResolve(IActorRef self, object message)
    {
        if (message is ResolveQueue resolve)
        {
            TellSession(self, new QueueResolved(resolve.RequestId, resolve.Queue, _queueActor));
        }
    }

    private void Carry(IActorRef self, object message)
    {
        switch (message)
        {
            case PublishBatch publish:
                _queue.Publish(1, publish.LinkSequence, publish.Batch);
                break;
            case SettleMessages settle:
                foreach (var settlement in settle.Settlements)
                {
                    _queue.Settle(new ConsumerKey(1, settlement.ConsumerId), settlement.Outcome, settlement.Positions);
                }

                _queue.AfterSettling();
                break;
            case GrantCredit grant:
                _queue.GrantCredit(new ConsumerKey(1, grant.ConsumerId), grant.Bytes);
                break;
            case StartConsumer start:
                _queue.StartConsumer(new ConsumerKey(1, start.ConsumerId), start.Settings, "queue 'q'");
                TellSession(self, new ConsumerStarted(start.RequestId, start.ConsumerId));
                break;
        }
    }

    private sealed class LoopbackActor(IActorRefProvider provider, Action<IActorRef, object> onTell) : MinimalActorRef
    {
        public override IActorRefProvider Provider { get; } = provider;

        public override ActorPath Path { get; } = provider.RootPath / "loopback";

        protected override void TellInternal(object message, IActorRef sender) => onTell(this, message);
    }
}
