using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace ActorBroker.Server.Composition;

/// <summary>
/// Has a node stop serving as soon as it can know that its cluster has given it up, rather than when the resolver is sure:
/// when it did not run for as long as it takes the others to do so (a suspended container), and when another member has
/// said that it will not hear this node any more.
/// </summary>
internal sealed class LostNodeWatch : UntypedActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _clock;
    private readonly TimeSpan _pauseLimit;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _lastTick;

    /// <summary>Use <see cref="Props"/>.</summary>
    public LostNodeWatch(TimeProvider clock, TimeSpan pauseLimit)
    {
        _clock = clock;
        _pauseLimit = pauseLimit;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Watches a node that has joined others.</summary>
    /// <param name="config">The actor system's.</param>
    /// <param name="clock">Goes on while the process is suspended.</param>
    public static Props Props(Config config, TimeProvider clock)
    {
        var limit = config.GetTimeSpan("akka.cluster.failure-detector.acceptable-heartbeat-pause")
                    + config.GetTimeSpan("akka.cluster.split-brain-resolver.stable-after");
        return Akka.Actor.Props.Create(() => new LostNodeWatch(clock, limit));
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _lastTick = _clock.GetTimestamp();
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, Interval);
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
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

                break;
            case ThisActorSystemQuarantinedEvent quarantined when IsMember(quarantined.RemoteAddress):
                GiveUp($"{quarantined.RemoteAddress.HostPort()} does not hear it any more");
                break;
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
