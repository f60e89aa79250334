using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Statistics;
using Akka.Actor;
using Akka.Cluster;

namespace ActorBroker.Broker.Management;

/// <summary>A node's own: samples what is counted, keeps what is told by events alone, and answers the views of other nodes.</summary>
internal sealed class ManagementAgentActor : UntypedActor, IWithTimers
{
    /// <summary>Its name on every node.</summary>
    public const string Name = "management";

    private readonly Sampler _sampler;
    private readonly NodeGauge _gauge;
    private readonly NodeStatistics _statistics;
    private readonly NodeReader _reader;
    private readonly string _node = Cluster.Get(Context.System).SelfAddress.HostPort();

    public ManagementAgentActor(Sampler sampler, NodeGauge gauge, NodeStatistics statistics, NodeReader reader)
    {
        _sampler = sampler;
        _gauge = gauge;
        _statistics = statistics;
        _reader = reader;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(Sampler sampler, NodeGauge gauge, NodeStatistics statistics, NodeReader reader) =>
        Akka.Actor.Props.Create(() => new ManagementAgentActor(sampler, gauge, statistics, reader));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(AlarmChanged));
        Context.System.EventStream.Subscribe(Self, typeof(ExchangeDeleted));
        if (_statistics.IsKept)
        {
            BeginSampling();
        }
    }

    /// <inheritdoc/>
    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AskNode ask:
                Sender.Tell(new NodeAnswered(ask.RequestId, ManagementJson.Write(_reader.Answer(ask))));
                break;
            case FiguresWanted wanted:
                BeginSampling();
                wanted.Entered();
                break;
            case Look:
                _sampler.Sample();
                break;
            case AlarmChanged changed when changed.Node == _node:
                _gauge.Set(changed.Resource, changed.IsSet);
                break;
            case ExchangeDeleted deleted:
                _statistics.Connections.Forget(deleted.Exchange);
                break;
        }
    }

    private void BeginSampling() => Timers.StartPeriodicTimer(nameof(Look), Look.Instance, TimeSpan.Zero, Sampler.Interval);

    private sealed record Look : INoSerializationVerificationNeeded
    {
        public static Look Instance { get; } = new();
    }
}
