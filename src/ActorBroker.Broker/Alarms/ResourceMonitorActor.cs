using System.Globalization;
using ActorBroker.Contracts.Alarms;
using ActorBroker.Contracts.Events;
using ActorBroker.Core.Alarms;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorBroker.Broker.Alarms;

/// <summary>
/// Watches memory and disk of its node, tells the monitors of the other nodes what it runs short of, and publishes what
/// any of them does as <see cref="AlarmsChanged"/> on the node's event stream. After a burst of work it has memory given
/// back. An operator's limits are in force when they are answered.
/// </summary>
public sealed class ResourceMonitorActor : UntypedActor, IWithTimers
{
    /// <summary>Its name on every node, by which the monitors find each other.</summary>
    public const string Name = "resource-monitor";

    private readonly ResourceLimits _limits;
    private readonly TimeSpan _checkInterval;
    private readonly IResourceGauge _gauge;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, ResourceAlarms> _byNode = new(StringComparer.Ordinal);
    private readonly IdleMemory _idle = new();
    private readonly List<IActorRef> _limitSetters = [];
    private bool _isReading;
    private ResourceAlarms _own;
    private ResourceAlarms _all;

    /// <summary>Use <see cref="Props"/>.</summary>
    public ResourceMonitorActor(ResourceLimits limits, TimeSpan checkInterval, IResourceGauge gauge)
    {
        _limits = limits;
        _checkInterval = checkInterval;
        _gauge = gauge;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>A monitor that looks at once, and from then on in the interval given.</summary>
    public static Props Props(ResourceLimits limits, TimeSpan checkInterval, IResourceGauge gauge) =>
        Akka.Actor.Props.Create(() => new ResourceMonitorActor(limits, checkInterval, gauge));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.MemberRemoved));
        Context.System.EventStream.Subscribe(Self, typeof(AlarmsWanted));
        Self.Tell(Look.Instance);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _cluster.Unsubscribe(Self);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Look when !_isReading:
                BeginReading(giveBack: false);
                break;
            case Reading reading:
                OnReading(reading);
                break;
            case Status.Failure failure:
                _log.Warning(failure.Cause, "Memory and disk could not be measured; alarms stay as they are");
                AnswerLimits();
                LookLater();
                break;
            case SetResourceLimits limits:
                SetLimits(limits);
                break;
            case AlarmsWanted:
                Context.System.EventStream.Publish(new AlarmsChanged(_all));
                break;
            case NodeAlarms alarms:
                SetAlarms(alarms.Node, alarms.Alarms);
                break;
            case ClusterEvent.MemberUp up when up.Member.Address != _cluster.SelfAddress:
                TellNode(up.Member.Address);
                break;
            case ClusterEvent.MemberRemoved removed:
                SetAlarms(removed.Member.Address.ToString(), ResourceAlarms.None);
                break;
        }
    }

    private void BeginReading(bool giveBack)
    {
        var gauge = _gauge;
        _isReading = true;
        Task.Run(() =>
        {
            if (giveBack)
            {
                gauge.GiveMemoryBack();
            }

            return new Reading(gauge.Read(), giveBack);
        }).PipeTo(Self);
    }

    private void OnReading(Reading reading)
    {
        var figures = reading.Figures;
        var (memoryMax, diskFreeMin) = (_limits.Memory.In(figures.MemoryTotal), _limits.DiskFree.In(figures.MemoryTotal));
        var alarms = figures.MemoryUsed > memoryMax ? ResourceAlarms.Memory : ResourceAlarms.None;
        if (alarms != ResourceAlarms.None && (_own & ResourceAlarms.Memory) == 0 && !reading.IsAfterGivingBack)
        {
            // What the collector has not got round to is no shortage.
            BeginReading(giveBack: true);
            return;
        }

        alarms |= figures.DiskFree < diskFreeMin ? ResourceAlarms.Disk : ResourceAlarms.None;
        if (alarms != _own)
        {
            Log(alarms, figures, memoryMax, diskFreeMin);
            TellChange(ResourceAlarms.Memory, alarms);
            TellChange(ResourceAlarms.Disk, alarms);
            _own = alarms;
            SetAlarms(_cluster.SelfAddress.ToString(), alarms);
            foreach (var member in _cluster.State.Members)
            {
                TellNode(member.Address);
            }
        }

        AnswerLimits();
        if (_idle.IsToBeGivenBack(figures.Allocated))
        {
            BeginReading(giveBack: true);
        }
        else
        {
            LookLater();
        }
    }

    // One who sets a limit sees to it that publishers stop or go on: that has come about when they have their answer.
    private void SetLimits(SetResourceLimits limits)
    {
        _limits.Set(limits.Memory, limits.DiskFree);
        _log.Info("User {0} has set limits until the node starts again: memory {1}, free disk {2}", limits.User, TextOf(limits.Memory), TextOf(limits.DiskFree));
        _limitSetters.Add(Sender);
        Self.Tell(Look.Instance);
    }

    private void AnswerLimits()
    {
        foreach (var setter in _limitSetters)
        {
            setter.Tell(ResourceLimitsSet.Instance);
        }

        _limitSetters.Clear();
    }

    private static string TextOf(ResourceLimit? limit) => limit switch
    {
        null => "as it was",
        { Share: { } share } => string.Create(CultureInfo.InvariantCulture, $"{share} of the machine's memory"),
        { Absolute: var bytes } => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
    };

    private void Log(ResourceAlarms alarms, ResourceReading figures, long memoryMax, long diskFreeMin)
    {
        if (alarms == ResourceAlarms.None)
        {
            _log.Info("Resource alarms cleared: publishers go on");
        }
        else
        {
            _log.Warning(
                "Resource alarm, {0}: publishers are blocked. Memory {1} of at most {2} bytes, disk {3} free of at least {4} bytes",
                alarms.ToReason(), figures.MemoryUsed, memoryMax, figures.DiskFree, diskFreeMin);
        }
    }

    private void TellChange(ResourceAlarms resource, ResourceAlarms alarms)
    {
        if (((alarms ^ _own) & resource) != 0)
            Context.System.EventStream.Publish(new AlarmChanged(_cluster.SelfAddress.HostPort(), resource, (alarms & resource) != 0));
    }

    private void LookLater()
    {
        _isReading = false;
        Timers.StartSingleTimer(Look.Instance, Look.Instance, _checkInterval);
    }

    private void TellNode(Address node)
    {
        if (node != _cluster.SelfAddress)
        {
            Context.ActorSelection(new RootActorPath(node) / "user" / Name).Tell(new NodeAlarms(_cluster.SelfAddress.ToString(), _own));
        }
    }

    private void SetAlarms(string node, ResourceAlarms alarms)
    {
        if (alarms == ResourceAlarms.None)
        {
            _byNode.Remove(node);
        }
        else
        {
            _byNode[node] = alarms;
        }

        var all = _byNode.Values.Aggregate(ResourceAlarms.None, static (sum, one) => sum | one);
        if (all != _all)
        {
            _all = all;
            Context.System.EventStream.Publish(new AlarmsChanged(all));
        }
    }

    private sealed record Reading(ResourceReading Figures, bool IsAfterGivingBack) : INoSerializationVerificationNeeded;

    private sealed record Look : INoSerializationVerificationNeeded
    {
        public static Look Instance { get; } = new();
    }
}
