using System.Globalization;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.Access;

/// <summary>From the child that deletes what is in a virtual host: nothing is in it any more.</summary>
internal sealed record VirtualHostEmptied(string VirtualHost, Origin Origin) : INoSerializationVerificationNeeded;

/// <summary>
/// Deletes what is in a virtual host that nobody may use any more: queues, exchanges, policies and limits, in rounds until
/// its catalogue has none left. Names that outlast a few rounds belong to what cannot be deleted, such as a queue whose
/// journal is damaged, and are taken out of the catalogue. Child of the access entity; goes on for as long as it takes.
/// </summary>
internal sealed class VirtualHostDeletionActor : UntypedActor, IWithTimers
{
    private const int UnderWayMax = 64;
    private const int RoundsBeforeForce = 10;

    // Exclusive queues end with their connections, which are being closed meanwhile.
    private static readonly TimeSpan RoundPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RoundTimeout = TimeSpan.FromSeconds(30);

    private readonly string _virtualHost;
    private readonly Origin _origin;
    private readonly AccessSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<CatalogueName> _names = [];
    private readonly Queue<object> _toAsk = new();
    private readonly HashSet<long> _underWay = [];
    private readonly Queue<ExchangeKey> _predeclared;
    private int _round;
    private long _requests;

    public VirtualHostDeletionActor(string virtualHost, Origin origin, AccessSettings settings)
    {
        _virtualHost = virtualHost;
        _origin = origin;
        _settings = settings;
        _predeclared = new Queue<ExchangeKey>(PredeclaredExchanges.NamesIn(virtualHost).Select(name => new ExchangeKey(virtualHost, name)));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(string virtualHost, Origin origin, AccessSettings settings) =>
        Akka.Actor.Props.Create(() => new VirtualHostDeletionActor(virtualHost, origin, settings));

    /// <inheritdoc/>
    protected override void PreStart() => BeginRound();

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case NextRound:
                BeginRound();
                break;
            case NamesListed listed when listed.RequestId == RoundId:
                _names.AddRange(listed.Names);
                if (listed.IsLast)
                {
                    OnNames();
                }

                break;
            case QueueAnswered answered:
                OnAnswered(answered.RequestId);
                break;
            case ExchangeAnswered answered:
                OnAnswered(answered.RequestId);
                break;
            case NameUnregistered unregistered:
                OnAnswered(IdOf(unregistered.RequestId));
                break;
            case PolicyAnswered answered:
                OnAnswered(IdOf(answered.RequestId));
                break;
            case PoliciesListed listed when listed.RequestId == RoundId:
                OnPolicies(listed);
                break;
            case RoutesSnapshot routes:
                OnBindings(routes);
                break;
            case RoutesChanged changed:
                Sender.Tell(new RoutesApplied(changed.Exchange, changed.Version));
                break;
        }
    }

    private string RoundId => _round.ToString(CultureInfo.InvariantCulture);

    private IActorRef Catalogues => _settings.Catalogues(Context.System);

    private void BeginRound()
    {
        _round++;
        _names.Clear();
        _toAsk.Clear();
        _underWay.Clear();
        Catalogues.Tell(new ListNames(_virtualHost, RoundId));
        Timers.StartSingleTimer(NextRound.Instance, NextRound.Instance, RoundTimeout);
    }

    // Queues first (RabbitMQ). What an exchange keeps its messages in goes with the exchange.
    private void OnNames()
    {
        var isForced = _round > RoundsBeforeForce;
        foreach (var name in _names.Where(static name => name.Kind == DestinationKind.Queue && !Stage.IsName(name.Name)))
        {
            _toAsk.Enqueue(isForced ? Unregister(name) : new DeleteQueue(new QueueKey(_virtualHost, name.Name), ++_requests, false, false, _origin));
        }

        foreach (var name in _names.Where(static name => name.Kind == DestinationKind.Exchange))
        {
            _toAsk.Enqueue(isForced ? Unregister(name) : new DeleteExchange(new ExchangeKey(_virtualHost, name.Name), ++_requests, false, _origin));
        }

        if (isForced)
        {
            foreach (var name in _names.Where(static name => Stage.IsName(name.Name)))
            {
                _toAsk.Enqueue(Unregister(name));
            }
        }

        if (_toAsk.Count > 0)
        {
            AskSome();
        }
        else if (_names.Count > 0)
        {
            EndRound();
        }
        else if (_predeclared.TryPeek(out var exchange))
        {
            _settings.Exchanges(Context.System).Tell(new SubscribeRoutes(exchange));
        }
        else
        {
            Catalogues.Tell(new ListPolicies(_virtualHost, RoundId));
        }
    }

    private UnregisterName Unregister(CatalogueName name)
    {
        _log.Warning("{0} '{1}' in vhost '{2}', which is being deleted, does not let itself be deleted: its name is given up", name.Kind, name.Name, _virtualHost);
        return new UnregisterName(_virtualHost, name.Kind, name.Name, NextRequest());
    }

    // Bindings among predeclared exchanges: all others went with what they led to.
    private void OnBindings(RoutesSnapshot routes)
    {
        if (!_predeclared.TryPeek(out var exchange) || exchange != routes.Exchange)
        {
            return;
        }

        foreach (var binding in routes.Bindings)
        {
            _toAsk.Enqueue(new UnbindDestination(exchange, ++_requests, binding, _origin));
        }

        if (routes.IsLast)
        {
            _predeclared.Dequeue();
            AskSome();
        }
    }

    private void OnPolicies(PoliciesListed listed)
    {
        foreach (var policy in listed.Policies.Policies)
        {
            _toAsk.Enqueue(new ClearPolicy(_virtualHost, NextRequest(), policy.Name, policy.IsOperator, _origin));
        }

        if (listed.Policies.IsTraced)
        {
            _toAsk.Enqueue(new SetTracing(_virtualHost, NextRequest(), IsOn: false, _origin));
        }

        if (listed.Policies.DefaultQueueType is not null)
        {
            _toAsk.Enqueue(new SetDefaultQueueType(_virtualHost, NextRequest(), null, _origin));
        }

        if (_toAsk.Count > 0)
        {
            AskSome();
            return;
        }

        // Asked without being waited for: it changes nothing where there is none.
        Catalogues.Tell(new SetQueueLimit(_virtualHost, NextRequest(), null, _origin));
        Context.Parent.Tell(new VirtualHostEmptied(_virtualHost, _origin));
        Context.Stop(Self);
    }

    private void AskSome()
    {
        while (_underWay.Count < UnderWayMax && _toAsk.TryDequeue(out var command))
        {
            switch (command)
            {
                case DeleteQueue delete:
                    _underWay.Add(delete.RequestId);
                    _settings.Queues(Context.System).Tell(delete);
                    break;
                case DeleteExchange delete:
                    _underWay.Add(delete.RequestId);
                    _settings.Exchanges(Context.System).Tell(delete);
                    break;
                case UnbindDestination unbind:
                    _underWay.Add(unbind.RequestId);
                    _settings.Exchanges(Context.System).Tell(unbind);
                    break;
                case PolicyCommand policy:
                    _underWay.Add(IdOf(policy.RequestId));
                    Catalogues.Tell(policy);
                    break;
                case UnregisterName unregister:
                    _underWay.Add(IdOf(unregister.RequestId));
                    Catalogues.Tell(unregister);
                    break;
            }
        }

        if (_underWay.Count == 0)
        {
            EndRound();
        }
    }

    // Whether it was done, the next round sees.
    private void OnAnswered(long request)
    {
        if (_underWay.Remove(request))
        {
            AskSome();
        }
    }

    private void EndRound() => Timers.StartSingleTimer(NextRound.Instance, NextRound.Instance, _names.Count == 0 ? TimeSpan.Zero : RoundPause);

    private string NextRequest() => (++_requests).ToString(CultureInfo.InvariantCulture);

    private static long IdOf(string request) => long.Parse(request, CultureInfo.InvariantCulture);

    private sealed record NextRound : INoSerializationVerificationNeeded
    {
        public static NextRound Instance { get; } = new();
    }
}
