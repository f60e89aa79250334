using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Forwarding;

/// <summary>
/// Publishes messages of the broker's own: routes them through the node's tables, batches them by queue, and tells for
/// each message when every queue that it goes to has confirmed it, or what became of it instead. Lives inside an actor,
/// which hands it everything that <see cref="OnMessage"/> takes and calls <see cref="OnTimer"/> now and then.
/// <para>
/// Messages go out in the order in which they came; while the routes of one are being loaded, those behind it wait. How
/// much is under way is for the owner to bound, by <see cref="BytesUnderWay"/>.
/// </para>
/// </summary>
internal sealed partial class MessageForwarder
{
    // Longer than it takes to start the queues of a lost node elsewhere.
    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(60);

    // A queue of another node that has something and says nothing for so long may not have it: messages get lost when a
    // connection between nodes breaks.
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(10);

    private readonly ForwardingServices _services;
    private readonly IActorRef _queues;
    private readonly IActorRef _self;
    private readonly Action<IActorRef> _watch;
    private readonly Action<ForwardedMessage, ForwardOutcome> _done;
    private readonly ForwardRoutes _routes;
    private readonly ForwardSlab _slab;
    private readonly Dictionary<string, ForwardLink> _links = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, ForwardLink> _linksByActor = [];
    private readonly Dictionary<long, ForwardLink> _resolving = [];
    private readonly Queue<ForwardedMessage> _waiting = new();
    private readonly List<ForwardLink> _targets = [];
    private readonly string _virtualHost;
    private object? _awaited;
    private long _lastRequest;

    /// <summary>A forwarder with nothing to do.</summary>
    /// <param name="virtualHost">All exchanges and queues are in it.</param>
    /// <param name="services">The node.</param>
    /// <param name="context">The owner's: whom queues and tables answer, and who watches the queues' actors.</param>
    /// <param name="done">Gets each message once for each time that it was forwarded, always after <see cref="Forward"/> has returned.</param>
    public MessageForwarder(string virtualHost, ForwardingServices services, IActorContext context, Action<ForwardedMessage, ForwardOutcome> done)
    {
        _virtualHost = virtualHost;
        _services = services;
        _queues = services.QueueRegion(context.System);
        _self = context.Self;
        _watch = actor => context.Watch(actor);
        _done = done;
        _routes = new ForwardRoutes(services.RoutingTables, services.Formats);
        _slab = new ForwardSlab(Send);
    }

    /// <summary>Bytes of records that were forwarded and not handed back.</summary>
    public long BytesUnderWay { get; private set; }

    /// <summary>Takes a message. It leaves with <see cref="Flush"/>, in order.</summary>
    public void Forward(ForwardedMessage message)
    {
        BytesUnderWay += message.RecordLength;
        _waiting.Enqueue(message);
    }

    /// <summary>Sends what has been taken, as far as its routes are loaded.</summary>
    public void Flush()
    {
        while (_awaited is null && _waiting.TryPeek(out var message))
        {
            var status = _routes.Find(message);
            if (status == RouteStatus.Loading)
            {
                Load();
                break;
            }

            _waiting.Dequeue();
            if (status == RouteStatus.NotFound)
            {
                message.Outcome = ForwardOutcome.NoExchange;
                HandBack(message);
            }
            else
            {
                SendToAll(message);
            }
        }

        _slab.Flush();
    }

    /// <summary>An answer or notice for the forwarder; false when the message is for somebody else.</summary>
    public bool OnMessage(IActorRef sender, object message)
    {
        switch (message)
        {
            case PublishProgress progress:
                OnDone(sender, progress.AcceptedSequence, progress.ConfirmedSequence, ForwardOutcome.Confirmed);
                return true;
            case PublishFailed failed:
                OnDone(sender, failed.LastSequence, failed.LastSequence, ForwardOutcome.Failed);
                return true;
            case PublishMissing missing:
                OnMissing(sender, missing);
                return true;
            case PublishRejected rejected:
                OnRejected(sender, rejected);
                return true;
            case QueueResolved resolved:
                OnResolved(resolved);
                return true;
            case QueueAnswered answered:
                OnNotFound(answered.RequestId, ForwardOutcome.NoRoute, answered.Refusal);
                return true;
            case ExchangeLoaded or VirtualHostLoaded:
                OnLoaded(message is ExchangeLoaded exchange ? exchange.Exchange : ((VirtualHostLoaded)message).VirtualHost);
                return true;
            case Terminated terminated:
                return OnTerminated(terminated.ActorRef);
            default:
                return false;
        }
    }

    /// <summary>
    /// Asks again for queues that have not been found (the shard may have handed the question to an incarnation that was
    /// ending), and gives those up that are overdue. Looks anew for those of other nodes that have been silent for long.
    /// </summary>
    public void OnTimer()
    {
        foreach (var (request, link) in _resolving.ToArray())
        {
            if (_services.Clock.GetElapsedTime(link.ResolvingSince) < ResolveTimeout)
            {
                Ask(link);
            }
            else
            {
                OnNotFound(request, ForwardOutcome.Failed, refusal: null);
            }
        }

        FindSilent();
    }

    private void SendToAll(ForwardedMessage message)
    {
        _targets.Clear();
        foreach (var queue in _routes.Queues)
        {
            if (!message.HasReached(queue) && message.Admits(queue))
            {
                _targets.Add(LinkTo(queue));
            }
        }

        // Where all that are left have it, it has arrived; to get into a history is not to arrive.
        message.Outcome = _targets.Count > 0 || message.HasReachedAny ? ForwardOutcome.Confirmed : ForwardOutcome.NoRoute;
        foreach (var history in _routes.Histories)
        {
            if (!message.HasReached(history))
            {
                _targets.Add(LinkTo(history));
                _targets[^1].IsHistory = true;
            }
        }

        if (_targets.Count == 0)
        {
            HandBack(message);
            return;
        }

        message.Awaited = _targets.Count;
        _slab.Add(message, _targets);
    }

    private void Send(ForwardLink link, MessageBatch batch, ForwardBatch messages)
    {
        if (link.IsIdle)
        {
            link.HeardAt = _services.Clock.GetTimestamp();
        }

        link.Send(batch, messages, _self);
    }

    private void Settle(ForwardLink link, ForwardBatch batch, ForwardOutcome outcome)
    {
        var messages = batch.Messages;
        for (var i = 0; i < messages.Length; i++)
        {
            var message = messages[i];
            var own = outcome == ForwardOutcome.Confirmed && batch.IsRejected(i) ? ForwardOutcome.Rejected : outcome;
            if (message.Settle(link, own))
            {
                HandBack(message);
            }
        }
    }

    private void HandBack(ForwardedMessage message)
    {
        BytesUnderWay -= message.RecordLength;
        _done(message, message.Outcome);
    }

    private void Load()
    {
        if (_routes.Missing is { } exchange)
        {
            _awaited = exchange;
            _services.RoutingTableActor.Tell(new LoadExchange(exchange), _self);
        }
        else
        {
            _awaited = _virtualHost;
            _services.RoutingTableActor.Tell(new LoadVirtualHost(_virtualHost), _self);
        }
    }

    private void OnLoaded(object what)
    {
        if (what.Equals(_awaited))
        {
            _awaited = null;
            Flush();
        }
    }
}
