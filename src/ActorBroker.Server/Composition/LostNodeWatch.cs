using ActorBroker.Broker.Clustering;
using ActorBroker.Broker.Persistence;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace ActorBroker.Server.Composition;

/// <summary>
/// Has a node stop serving as soon as it can know that its cluster has given it up, rather than when the resolver is sure:
/// when it did not run for as long as it takes the others to do so (a suspended container), when another member has
/// said that it will not hear this node any more, and when another node writes for its queues as if they were its own.
/// </summary>
internal sealed class LostNodeWatch : UntypedActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Longer than queues take to move. Then the database is asked whether there are two clusters on it, and how large.
    private const int FencedLooksToAsk = 5;

    // Of two nodes of one cluster that see each other's writes one is first, and the other sees none any more.
    private const int FencedLooksMin = 15;
    private const int FencedLooksMax = 30;

    private readonly IClusterClaim _claim;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _pauseLimit;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly FencedWrites _fenced = new();
    private readonly int _fencedLooksMax = Random.Shared.Next(FencedLooksMin, FencedLooksMax);
    private long _lastTick;

    /// <summary>Use <see cref="Props"/>.</summary>
    public LostNodeWatch(IClusterClaim claim, TimeProvider clock, TimeSpan pauseLimit)
    {
        _claim = claim;
        _clock = clock;
        _pauseLimit = pauseLimit;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Watches a node that has joined others.</summary>
    /// <param name="config">The actor system's.</param>
    /// <param name="claim">Knows the members of all clusters on the database.</param>
    /// <param name="clock">Goes on while the process is suspended.</param>
    public static Props Props(Config config, IClusterClaim claim, TimeProvider clock)
    {
        var limit = config.GetTimeSpan("akka.cluster.failure-detector.acceptable-heartbeat-pause")
                    + config.GetTimeSpan("akka.cluster.split-brain-resolver.stable-after");
        return Akka.Actor.Props.Create(() => new LostNodeWatch(claim, clock, limit));
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _lastTick = _clock.GetTimestamp();
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, Interval);
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(WriteFenced));
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick:
                var pause = _clock.GetElapsedTime(_lastTick);
                _lastTick = _clock.GetTimestamp();
                if (pause > _pauseLimit && HasOthers)
                {
                    GiveUp($"it did not run for {pause.TotalSeconds:0} s");
                }

                OnFencedLooks(_fenced.Look());
                break;
            case ClusterSides { AreTwo: true } sides:
                if (sides.IsTheOtherLarger)
                {
                    GiveUp("there is a larger cluster on its database");
                }

                _fenced.Forget();
                break;
            case ClusterSides:
                break;
            case Status.Failure failure:
                _log.Warning("Whether there are two clusters on the database is not known: {0}", failure.Cause.Message);
                break;
            case WriteFenced:
                _fenced.Note();
                break;
            case ThisActorSystemQuarantinedEvent quarantined when IsMember(quarantined.RemoteAddress):
                GiveUp($"{quarantined.RemoteAddress.HostPort()} does not hear it any more");
                break;
        }
    }

    private void OnFencedLooks(int looks)
    {
        if (looks >= _fencedLooksMax)
        {
            GiveUp("another node serves the same queues, and each refuses the other's writes");
        }
        else if (looks > 0 && looks % FencedLooksToAsk == 0)
        {
            var (self, members) = (_cluster.SelfAddress, _cluster.State.Members.Select(static member => member.Address).ToArray());
            _claim.HoldersAsync(CancellationToken.None).PipeTo(Self, success: holders => ClusterSides.Of(self, members, holders));
        }
    }

    private bool HasOthers => _cluster.State.Members.Count > 1;

    private bool IsMember(Address address) => _cluster.State.Members.Any(member => member.Address == address);

    private void GiveUp(string reason)
    {
        _log.Warning("The node has lost its cluster: {0}", reason);
        _cluster.Down(_cluster.SelfAddress);
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}
