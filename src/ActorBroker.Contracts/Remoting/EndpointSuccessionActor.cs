using System.Net;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace ActorBroker.Contracts.Remoting;

/// <summary>
/// Sees to it that a node has one endpoint at a time (see <see cref="OrderlyTransport"/>, why). While another node is
/// quarantined it waits, with what is told that node held, until Akka.Remote's endpoint manager has seen the end of the
/// endpoint. Where there are two all the same (a connection that came in between, or an endpoint that gave up by itself),
/// it has both end; and so it has the one that another node does not read (see <see cref="OpenedConnectionsProvider"/>).
/// One a node, among the system's actors; it keeps no state but of what is under way.
/// </summary>
internal sealed class EndpointSuccessionActor : UntypedActor, IWithTimers
{
    private const string ManagerName = "endpointManager";
    private const string WriterPrefix = "reliableEndpointWriter-";

    // Well below what a failure detector takes for a death: by then it goes on as Akka.Remote would.
    private static readonly TimeSpan HoldLimit = TimeSpan.FromSeconds(2);

    // Two endpoints are there for a moment whenever one replaces another.
    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(1);

    private readonly OrderlyTransport _transport;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<Address, Succession> _underWay = [];
    private readonly ActorRefWithCell _manager =
        (ActorRefWithCell)((ActorRefWithCell)((ExtendedActorSystem)Context.System).SystemGuardian).GetSingleChild(ManagerName);

    private Dictionary<Address, List<IActorRef>> _doubled = [];
    private int _rounds;

    /// <summary>Use <see cref="Props"/>.</summary>
    public EndpointSuccessionActor(OrderlyTransport transport) => _transport = transport;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The actor of a node.</summary>
    public static Props Props(OrderlyTransport transport) =>
        Akka.Actor.Props.Create(() => new EndpointSuccessionActor(transport)).WithDispatcher("akka.actor.internal-dispatcher");

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(QuarantinedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationEvent));
        Context.System.EventStream.Subscribe(Self, typeof(ConnectionAbandoned));
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        foreach (var node in _underWay.Keys)
        {
            _transport.Release(node);
        }
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case QuarantineNode quarantine:
                Begin(quarantine);
                break;
            case QuarantinedEvent quarantined:
                if (_underWay.TryGetValue(quarantined.Address, out var succession))
                {
                    succession.EndpointEnds = true;
                }

                break;
            case ActorIdentity { MessageId: int round }:
                foreach (var (node, asked) in _underWay.Where(asked => asked.Value.Round == round).ToList())
                {
                    OnRound(node, asked);
                }

                break;
            case Terminated ended:
                foreach (var ending in _underWay.Values.Where(ending => ending.Ending.Remove(ended.ActorRef)).ToList())
                {
                    GoOn(ending);
                }

                break;
            case HoldIsOver over when _underWay.ContainsKey(over.Node):
                _log.Warning("The connection to {0} has not ended in time", over.Node);
                End(over.Node);
                break;
            case ConnectionAbandoned abandoned when !_underWay.ContainsKey(abandoned.Node):
                _log.Warning("{0} does not read what it is told: the connection to it ends, and another one begins", abandoned.Node);
                EndAll(abandoned.Node, EndpointsTo(abandoned.Node));
                break;
            case AssociationEvent:
                if (!Timers.IsTimerActive(Look.Instance))
                {
                    Timers.StartSingleTimer(Look.Instance, Look.Instance, LookAfter);
                }

                break;
            case Look:
                LookForTwo();
                break;
        }
    }

    // The manager answers behind what it was told before.
    private void Begin(QuarantineNode quarantine)
    {
        var node = quarantine.Node;
        if (!_underWay.TryGetValue(node, out var succession))
        {
            _underWay[node] = succession = new Succession();
            Timers.StartSingleTimer(node, new HoldIsOver(node), HoldLimit);
        }

        _transport.Hold(node);
        succession.Ending.UnionWith(EndpointsTo(node));
        succession.IsWatched = false;
        succession.RoundsLeft = 1;
        _transport.Quarantine(node, quarantine.Uid);
        Ask(succession);
    }

    private void OnRound(Address node, Succession succession)
    {
        succession.RoundsLeft--;
        if (succession.RoundsLeft > 0)
        {
            Ask(succession);
        }
        else if (!succession.EndpointEnds || succession.IsWatched)
        {
            End(node);
        }
        else
        {
            Watch(succession);
        }
    }

    private void Watch(Succession succession)
    {
        succession.IsWatched = true;
        foreach (var endpoint in succession.Ending)
        {
            Context.Watch(endpoint);
        }

        GoOn(succession);
    }

    // The manager hears of the end as we do, but by a message to itself that is behind those that it has: a first answer says
    // that this is on its way, a second one that it has come.
    private void GoOn(Succession succession)
    {
        if (succession is { IsWatched: true, Ending.Count: 0 })
        {
            succession.RoundsLeft = 2;
            Ask(succession);
        }
    }

    private void Ask(Succession succession)
    {
        succession.Round = ++_rounds;
        _manager.Tell(new Identify(_rounds));
    }

    private void End(Address node)
    {
        Timers.Cancel(node);
        if (_underWay.Remove(node, out var succession))
        {
            foreach (var endpoint in succession.Ending)
            {
                Context.Unwatch(endpoint);
            }
        }

        _transport.Release(node);
    }

    // Which of two is registered cannot be seen, and the end of one that is not takes the other one's place away: so both end.
    private void LookForTwo()
    {
        var doubled = _manager.Children.Select(static child => (Node: NodeOf(child), Endpoint: child))
            .Where(static child => child.Node is not null)
            .GroupBy(static child => child.Node!, static child => child.Endpoint)
            .Where(static endpoints => endpoints.Count() > 1)
            .ToDictionary(static endpoints => endpoints.Key, static endpoints => endpoints.ToList());
        foreach (var (node, endpoints) in doubled.Where(two => !_underWay.ContainsKey(two.Key)))
        {
            if (_doubled.TryGetValue(node, out var before) && endpoints.Count(before.Contains) > 1)
            {
                _log.Warning("Several connections to {0} are written to: they end, and one begins", node);
                EndAll(node, endpoints);
            }
        }

        _doubled = doubled;
        if (_doubled.Count > 0)
        {
            Timers.StartSingleTimer(Look.Instance, Look.Instance, LookAfter);
        }
    }

    private void EndAll(Address node, List<IActorRef> endpoints)
    {
        _transport.Hold(node);
        var succession = new Succession { EndpointEnds = true };
        succession.Ending.UnionWith(endpoints);
        _underWay[node] = succession;
        Timers.StartSingleTimer(node, new HoldIsOver(node), HoldLimit);
        Watch(succession);
        foreach (var endpoint in endpoints)
        {
            ((IInternalActorRef)endpoint).Stop();
        }
    }

    private List<IActorRef> EndpointsTo(Address node) => [.. _manager.Children.Where(child => NodeOf(child) == node)];

    // Such as reliableEndpointWriter-akka.tcp%3A%2F%2Factorbroker%40127.0.0.1%3A25672-3.
    private static Address? NodeOf(IActorRef endpoint)
    {
        var name = endpoint.Path.Name;
        return name.StartsWith(WriterPrefix, StringComparison.Ordinal)
               && Address.TryParse(WebUtility.UrlDecode(name[WriterPrefix.Length..name.LastIndexOf('-')]), out var node)
            ? node
            : null;
    }

    /// <summary>Asks for the quarantine of a node; what is told that node is held already.</summary>
    /// <param name="Node">Its address.</param>
    /// <param name="Uid">The incarnation at that address, if it is known.</param>
    internal sealed record QuarantineNode(Address Node, int? Uid) : INoSerializationVerificationNeeded;

    private sealed record HoldIsOver(Address Node) : INoSerializationVerificationNeeded;

    private sealed record Look : INoSerializationVerificationNeeded
    {
        public static Look Instance { get; } = new();
    }

    private sealed class Succession
    {
        // Which has not ended yet.
        public HashSet<IActorRef> Ending { get; } = [];

        // Says Akka.Remote.
        public bool EndpointEnds { get; set; }

        public bool IsWatched { get; set; }

        // Of questions to the manager, the one that waits for its answer.
        public int Round { get; set; }

        public int RoundsLeft { get; set; }
    }
}
