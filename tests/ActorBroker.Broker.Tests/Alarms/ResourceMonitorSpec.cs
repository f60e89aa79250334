using ActorBroker.Broker.Alarms;
using ActorBroker.Broker.Tests.Events;
using ActorBroker.Contracts.Alarms;
using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Alarms;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Alarms;

public sealed class ResourceMonitorSpec : EntityTestKit
{
    private static readonly AlarmOptions Options = new(MemoryHighWatermark: 60, DiskFreeLimit: 50, TimeSpan.FromSeconds(1));

    private readonly ScriptedGauge _gauge = new();
    private readonly ResourceLimits _limits = new(Options);

    public ResourceMonitorSpec()
        : base(ConfigurationFactory.ParseString("""
            akka.actor.provider = cluster
            akka.coordinated-shutdown.run-by-actor-system-terminate = off
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            """))
    {
        Sys.EventStream.Subscribe(TestActor, typeof(AlarmsChanged));
    }

    [Fact]
    public void Who_listens_only_since_an_alarm_was_raised_is_told_on_asking()
    {
        _gauge.Now = new ResourceReading(MemoryUsed: 1, MemoryTotal: 1_000, DiskFree: 49);
        Start();
        ExpectMsg(new AlarmsChanged(ResourceAlarms.Disk));

        Sys.EventStream.Publish(AlarmsWanted.Instance);

        ExpectMsg(new AlarmsChanged(ResourceAlarms.Disk));
    }

    [Fact]
    public void An_alarm_is_raised_above_the_watermark_and_cleared_below_it()
    {
        _gauge.Now = new ResourceReading(MemoryUsed: 601, MemoryTotal: 1_000, DiskFree: 100);
        Start();
        ExpectMsg(new AlarmsChanged(ResourceAlarms.Memory));

        _gauge.Now = new ResourceReading(601, 1_000, DiskFree: 49);
        Look();
        ExpectMsg(new AlarmsChanged(ResourceAlarms.Memory | ResourceAlarms.Disk));

        _gauge.Now = new ResourceReading(600, 1_000, 49);
        Look();
        ExpectMsg(new AlarmsChanged(ResourceAlarms.Disk));

        _gauge.Now = new ResourceReading(600, 1_000, 50);
        Look();
        ExpectMsg(new AlarmsChanged(ResourceAlarms.None));
    }

    [Fact]
    public void Limits_that_an_operator_sets_are_in_force_when_they_are_answered_and_reach_no_further()
    {
        _gauge.Now = new ResourceReading(MemoryUsed: 400, MemoryTotal: 1_000, DiskFree: 100);
        var monitor = Start();

        monitor.Tell(new SetResourceLimits(ResourceLimit.OfMemory(0.3), DiskFree: null, "somebody"));
        ExpectMsg(new AlarmsChanged(ResourceAlarms.Memory));
        ExpectMsg<ResourceLimitsSet>();
        Assert.Equal((300, 50), (_limits.Memory.In(1_000), _limits.DiskFree.In(1_000)));

        monitor.Tell(new SetResourceLimits(Memory: null, ResourceLimit.OfBytes(101), "somebody"));
        ExpectMsg(new AlarmsChanged(ResourceAlarms.Memory | ResourceAlarms.Disk));
        ExpectMsg<ResourceLimitsSet>();

        monitor.Tell(new SetResourceLimits(ResourceLimit.OfBytes(400), ResourceLimit.OfMemory(0.1), "somebody"));
        ExpectMsg(new AlarmsChanged(ResourceAlarms.None));
        ExpectMsg<ResourceLimitsSet>();
    }

    [Fact]
    public void Limits_are_answered_where_nothing_can_be_measured_too()
    {
        var monitor = Start();
        _gauge.Now = null;

        monitor.Tell(new SetResourceLimits(ResourceLimit.OfBytes(0), DiskFree: null, "somebody"));

        ExpectMsg<ResourceLimitsSet>();
    }

    [Fact]
    public void Memory_that_can_be_given_back_raises_no_alarm()
    {
        _gauge.Now = new ResourceReading(900, 1_000, 100);
        _gauge.AfterGivingBack = new ResourceReading(100, 1_000, 100);
        Start();
        AwaitCondition(() => _gauge.GivenBack == 1);
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void A_gauge_that_fails_leaves_the_alarms_as_they_are_and_is_read_again()
    {
        _gauge.Now = new ResourceReading(0, 1_000, 0);
        Start();
        ExpectMsg(new AlarmsChanged(ResourceAlarms.Disk));
        _gauge.Now = null;
        Look();
        _gauge.Now = new ResourceReading(0, 1_000, 100);
        Look();
        ExpectMsg(new AlarmsChanged(ResourceAlarms.None));
    }

    [Fact]
    public void Those_who_watch_are_told_of_each_resource_of_the_node_itself()
    {
        var watcher = Happenings.Watch(this);
        _gauge.Now = new ResourceReading(601, 1_000, DiskFree: 49);
        var monitor = Start();
        var node = watcher.ExpectMsg<AlarmChanged>().Node;
        watcher.ExpectMsg(new AlarmChanged(node, ResourceAlarms.Disk, IsSet: true));
        monitor.Tell(new NodeAlarms("akka.tcp://actorbroker@10.0.0.2:1", ResourceAlarms.Disk));
        _gauge.Now = new ResourceReading(600, 1_000, 49);
        Look();
        watcher.ExpectMsg(new AlarmChanged(node, ResourceAlarms.Memory, IsSet: false));
        watcher.ExpectNoMsg(0);
    }

    [Fact]
    public void What_another_node_runs_short_of_counts_until_it_clears()
    {
        var monitor = Start();
        monitor.Tell(new NodeAlarms("akka.tcp://actorbroker@10.0.0.2:1", ResourceAlarms.Disk));
        ExpectMsg(new AlarmsChanged(ResourceAlarms.Disk));
        monitor.Tell(new NodeAlarms("akka.tcp://actorbroker@10.0.0.3:1", ResourceAlarms.Disk));
        monitor.Tell(new NodeAlarms("akka.tcp://actorbroker@10.0.0.2:1", ResourceAlarms.None));
        monitor.Tell(new NodeAlarms("akka.tcp://actorbroker@10.0.0.3:1", ResourceAlarms.None));
        ExpectMsg(new AlarmsChanged(ResourceAlarms.None));
    }

    private IActorRef Start()
    {
        var monitor = Sys.ActorOf(ResourceMonitorActor.Props(_limits, Options.CheckInterval, _gauge), ResourceMonitorActor.Name);
        AwaitCondition(() => _gauge.Readings > 0);
        return monitor;
    }

    // The timer is set once the reading before has been dealt with, so time passes until there is a new one.
    private void Look()
    {
        var before = _gauge.Readings;
        AwaitCondition(() =>
        {
            ((TestScheduler)Sys.Scheduler).Advance(Options.CheckInterval);
            return _gauge.Readings > before;
        });
    }

    private sealed class ScriptedGauge : IResourceGauge
    {
        private int _readings;

        public ResourceReading? Now { get; set; } = new ResourceReading(0, 1_000, 100);

        public ResourceReading? AfterGivingBack { get; set; }

        public int GivenBack { get; private set; }

        public int Readings => Volatile.Read(ref _readings);

        public ResourceReading Read()
        {
            Interlocked.Increment(ref _readings);
            return Now ?? throw new IOException("no reading");
        }

        public void GiveMemoryBack()
        {
            GivenBack++;
            Now = AfterGivingBack ?? Now;
        }
    }
}
