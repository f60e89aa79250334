using System.Net;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Alarms;
using ActorBroker.Contracts.Clustering;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Access;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Connections.Sessions;

/// <summary>
/// A connection's dealings with the broker's entities, whatever protocol it speaks. Lives inside the connection's
/// stage: everything runs on the stage's thread of control, answers of actors come in through <see cref="OnMessage"/>.
/// <para>
/// A queue is found once through the shard region and told directly from then on; when its actor terminates, it is
/// found again, consumers are started again, and what it has not confirmed is sent again as far as it does not know it.
/// </para>
/// </summary>
public sealed partial class BrokerSession : IBrokerSession
{
    // What was accepted is kept until it is confirmed, in case that the queue is lost: so many windows of it.
    private const int WindowsKept = 32;

    private readonly BrokerServices _services;
    private readonly IActorRef _self;
    private readonly Action<IActorRef> _watch;
    private readonly IPEndPoint _peer;
    private readonly IPEndPoint _local;
    private readonly PendingRequests _requests;
    private readonly LostNode _lostNode;
    private readonly Dictionary<string, QueueLink> _links = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, QueueLink> _linksByActor = [];
    private string _virtualHost = string.Empty;
    private bool _isCounted;
    private IBrokerSessionListener? _listener;

    /// <summary>A session that has not authenticated.</summary>
    /// <param name="services">The broker.</param>
    /// <param name="self">Where the entities send their answers.</param>
    /// <param name="watch">Has <see cref="Terminated"/> of an actor handed to <see cref="OnMessage"/>.</param>
    /// <param name="peer">The client's address.</param>
    /// <param name="local">The address that the client has connected to.</param>
    public BrokerSession(BrokerServices services, IActorRef self, Action<IActorRef> watch, IPEndPoint peer, IPEndPoint local)
    {
        _services = services;
        _self = self;
        _watch = watch;
        _peer = peer;
        _local = local;
        _requests = new PendingRequests(services.Clock, services.AnswerTimeout);
        _lostNode = new LostNode(services.Clock);
        _replies = new ReplyConsumers(services.Replies, self);
        _connectedAt = services.Clock.GetUtcNow();
    }

    /// <summary>Publishes on their way to queues fill the window: read no more until some are accepted.</summary>
    public bool IsWindowFull => _bytesUnaccepted >= _services.PublishWindowBytes || _bytesUnconfirmed >= _services.PublishWindowBytes * WindowsKept;

    /// <summary>Some answer is awaited, or some time: <see cref="OnTimer"/> must be called now and then.</summary>
    public bool HasRequests => !_requests.IsEmpty || _identity?.ExpiresAt is not null;

    /// <summary>What the client has let itself in by does not hold any more: the connection is to end.</summary>
    public bool HasExpired => _identity?.ExpiresAt <= _services.Clock.GetUtcNow();

    private IBrokerSessionListener Listener => _listener!;

    /// <summary>Sets who hears of deliveries and confirms; once, before anything else.</summary>
    public void Attach(IBrokerSessionListener listener)
    {
        _listener = listener;
        BeginFigures();
    }

    /// <summary>The connection is over; nothing is asked of the session any more.</summary>
    public void End()
    {
        if (_isCounted)
        {
            _services.Connections.Leave();
        }

        TellEnd();
    }

    /// <summary>Gives up on answers that are overdue, and asks again what has not been answered for long.</summary>
    public void OnTimer()
    {
        _requests.Expire();
        _requests.AskInterrupted();
        _requests.AskSilent();
        AskAgain();
        DecideAgain();
        if (_lostNode.IsDue)
        {
            _requests.AskAgain();
        }
    }

    /// <summary>An answer or a notice of some entity, or the end of one that is watched.</summary>
    public void OnMessage(IActorRef sender, object message)
    {
        switch (message)
        {
            case PublishProgress progress:
                OnProgress(sender, progress);
                break;
            case DeliverMessages deliver:
                OnDeliver(sender, deliver);
                break;
            case PublishBatch reply:
                _replies.Deliver(reply, sender, _services.PublishWindowBytes, Listener);
                break;
            case ResolveQueue resolve:
                _replies.Resolve(resolve, _virtualHost, sender);
                break;
            case PublishFailed:
                // The queue's end follows: its next incarnation knows which batches failed.
                break;
            case PublishMissing missing:
                OnPublishMissing(sender, missing);
                break;
            case TransactionPrepared prepared:
                OnPrepared(sender, prepared);
                break;
            case PublishRejected rejected:
                OnPublishRejected(sender, rejected);
                break;
            case VirtualHostOpened opened:
                if (opened.Refusal is null)
                {
                    FollowCounting(sender);
                }

                _requests.Answer(opened.RequestId, opened);
                break;
            case ConnectionCounted counted:
                OnCounted(sender, counted);
                break;
            case ExchangeAnswered { Refusal.Reason: RefusalReason.Interrupted } interrupted:
                _requests.Interrupt(interrupted.RequestId, interrupted);
                break;
            case QueueAnswered { Refusal.Reason: RefusalReason.Interrupted } interrupted:
                _requests.Interrupt(interrupted.RequestId, interrupted);
                break;
            case QueueDescribed described when _requests.Find(described.RequestId, sender):
                break;
            case ExchangeDescribed described when _requests.Find(described.RequestId, sender):
                break;
            case IRequestAnswer answer:
                _requests.Answer(answer.RequestId, answer);
                break;
            case ConsumerCancelled cancelled:
                OnCancelled(cancelled);
                break;
            case ConsumerTimedOut timedOut:
                OnTimedOut(timedOut);
                break;
            case VirtualHostLoaded or ExchangeLoaded:
                OnRoutesLoaded(message);
                break;
            case VirtualHostRefused refused:
                OnVirtualHostRefused(refused);
                break;
            case AlarmsChanged changed:
                Listener.OnResourceAlarms(changed.Alarms);
                break;
            case NodeRemoved or NodeLinkRestored:
                _lostNode.Begin();
                break;
            case NodeLinkBroken broken:
                _lostNode.Begin();
                OnLinkBroken(broken.Node);
                break;
            case FiguresWanted wanted:
                OnFiguresWanted(wanted);
                break;
            case RunLater later:
                later.Action();
                break;
            case Terminated terminated:
                OnCountingEnded(terminated.ActorRef);
                OnTerminated(terminated.ActorRef);
                break;
        }
    }

    /// <inheritdoc/>
    public void DeclareExchange(string name, ExchangeDefinition definition, bool passive, Action<Refusal?> reply) =>
        PermitDeclaration(
            ToExchange(AccessRight.Configure, name), passive, definition.Arguments, ExchangeArguments.AlternateExchange, reply,
            () => AskExchange(name, reply, id => new DeclareExchange(Exchange(name), id, definition, passive, Origin())));

    /// <inheritdoc/>
    public void DeleteExchange(string name, bool ifUnused, Action<Refusal?> reply) => Permit(
        ToExchange(AccessRight.Configure, name), reply,
        () => AskExchange(name, reply, id => new DeleteExchange(Exchange(name), id, ifUnused, Origin())));

    /// <inheritdoc/>
    public void Bind(string sourceExchange, Binding binding, Action<Refusal?> reply) =>
        PermitBinding(sourceExchange, binding, reply, () => AddBinding(sourceExchange, binding, reply));

    private void AddBinding(string sourceExchange, Binding binding, Action<Refusal?> reply)
    {
        if (binding.Destination.Kind == DestinationKind.Queue && RefuseHidden(binding.Destination.Name, reply))
        {
            return;
        }

        FlushSlab();
        if (_links.TryGetValue(Stage.NameOf(sourceExchange), out var history) && history.IsResolving)
        {
            // What this connection published before is part of what the new destination gets.
            history.WhenResolved(_ => Ask());
            return;
        }

        Ask();
        void Ask() => AskExchange(sourceExchange, reply, id => new BindDestination(Exchange(sourceExchange), id, binding, Origin()));
    }

    /// <inheritdoc/>
    public void Unbind(string sourceExchange, Binding binding, Action<Refusal?> reply) => PermitBinding(
        sourceExchange, binding, reply, () => AskExchange(sourceExchange, reply, id => new UnbindDestination(Exchange(sourceExchange), id, binding, Origin())));

    /// <inheritdoc/>
    public void DeclareQueue(string name, QueueDefinition definition, bool passive, Action<QueueReply> reply) =>
        PermitDeclaration(
            ToQueue(AccessRight.Configure, name), passive, definition.Arguments, QueueDeclaration.DeadLetterExchange, Refused(reply),
            () => AskQueue(name, reply, id => new DeclareQueue(QueueKeyOf(name), id, definition, passive, Origin())));

    /// <inheritdoc/>
    public void DeleteQueue(string name, bool ifUnused, bool ifEmpty, Action<QueueReply> reply) => Permit(
        ToQueue(AccessRight.Configure, name), Refused(reply),
        () => AskQueue(name, reply, id => new DeleteQueue(QueueKeyOf(name), id, ifUnused, ifEmpty, Origin())));

    /// <inheritdoc/>
    public void PurgeQueue(string name, Action<QueueReply> reply) => Permit(
        ToQueue(AccessRight.Read, name), Refused(reply),
        () => AskQueue(name, reply, id => new PurgeQueue(QueueKeyOf(name), id, Origin())));

    private static Action<Refusal> Refused(Action<QueueReply> reply) => refusal => reply(new QueueReply(refusal, 0, 0));

    /// <inheritdoc/>
    public void EndOfRead()
    {
        FlushSlab();
        FlushSettlements();
    }

    private Refusal Overdue(string what) =>
        new(RefusalReason.Unavailable, $"{what} did not answer within {_services.AnswerTimeout.TotalSeconds:0} s");

    private ExchangeKey Exchange(string name) => new(_virtualHost, name);

    private QueueKey QueueKeyOf(string name) => new(_virtualHost, name);

    private Origin Origin() => new(User, _peer.ToString(), _services.Clock.GetUtcNow());
}
