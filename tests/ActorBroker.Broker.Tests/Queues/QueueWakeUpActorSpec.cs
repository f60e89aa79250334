using ActorBroker.Broker.Policies;
using ActorBroker.Broker.Queues;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Clustering;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

public sealed class QueueWakeUpActorSpec : TestKit
{
    private readonly TestProbe _access;
    private readonly TestProbe _catalogues;
    private readonly TestProbe _queues;
    private readonly NodePolicies _policies = new(static _ => ActorRefs.Nobody);
    private readonly SleepingQueues _sleeping = new();
    private readonly SettableClock _clock = new();
    private volatile bool _isForAll = true;

    public QueueWakeUpActorSpec()
        : base(ConfigurationFactory.ParseString("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """))
    {
        _access = CreateTestProbe();
        _catalogues = CreateTestProbe();
        _queues = CreateTestProbe();
    }

    [Fact]
    public void All_durable_queues_of_all_virtual_hosts_are_woken()
    {
        Start("/", "other");
        for (var i = 0; i < 2; i++)
        {
            var request = _catalogues.ExpectMsg<ListNames>();
            _catalogues.Reply(new NamesListed(request.RequestId, request.VirtualHost, Durable(0, 3), IsLast: false));
            _catalogues.Reply(new NamesListed(
                request.RequestId,
                request.VirtualHost,
                [new CatalogueName(DestinationKind.Queue, "transient", false), new CatalogueName(DestinationKind.Exchange, "x", true)],
                IsLast: true));
        }

        var woken = Enumerable.Range(0, 6).Select(_ => _queues.ExpectMsg<WakeQueue>().Queue).ToHashSet();

        Assert.Equal([.. Keys("/", 0, 3), .. Keys("other", 0, 3)], woken);
        _queues.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void So_many_wake_at_once_and_the_next_when_one_of_them_has()
    {
        var wakeUp = Start("/");
        List(Durable(0, QueueWakeUpActor.UnderWayMax + 2));
        var first = Expect(QueueWakeUpActor.UnderWayMax);
        _queues.ExpectNoMsg(TimeSpan.Zero);

        wakeUp.Tell(new QueueWoken(first[3]));

        Assert.Equal(new QueueKey("/", $"q{QueueWakeUpActor.UnderWayMax}"), Assert.Single(Expect(1)));
        _queues.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Queues_that_do_not_answer_do_not_hold_the_others_up_for_ever()
    {
        Start("/");
        List(Durable(0, QueueWakeUpActor.UnderWayMax * 2));
        Expect(QueueWakeUpActor.UnderWayMax);

        Pass(120);

        Expect(QueueWakeUpActor.UnderWayMax);
    }

    [Fact]
    public void An_answer_that_breaks_off_is_asked_for_again()
    {
        Start("/");
        var request = _catalogues.ExpectMsg<ListNames>();
        _catalogues.Reply(new NamesListed(request.RequestId, "/", Durable(0, 2), IsLast: false));

        Advance(TimeSpan.FromSeconds(5));
        List(Durable(0, 3));

        Assert.Equal(Keys("/", 0, 3), Expect(3));
        _queues.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Virtual_hosts_are_asked_for_until_they_are_known()
    {
        Sys.ActorOf(QueueWakeUpActor.Props(_access, _catalogues, _queues, _policies, _sleeping, _clock, () => _isForAll));
        _access.ExpectMsg<ListVirtualHosts>();

        Advance(TimeSpan.FromSeconds(5));
        _access.ExpectMsg<ListVirtualHosts>();
        _access.Reply(new VirtualHostsListed(0, ["/"]));

        Assert.Equal("/", _catalogues.ExpectMsg<ListNames>().VirtualHost);
    }

    [Fact]
    public void A_sleeping_queue_is_woken_shortly_before_something_is_due_in_it()
    {
        Start();
        var queue = new QueueKey("/", "sleeper");
        _sleeping.Add(queue, new QueueSleep(60_000, 0));

        Pass(57);
        _queues.ExpectNoMsg(TimeSpan.Zero);
        Pass(1);

        Assert.Equal(queue, Assert.Single(Expect(1)));
    }

    [Fact]
    public void When_policies_change_the_queues_of_their_virtual_host_look_at_them()
    {
        _policies.Set("/", VirtualHostPolicies.Empty);
        Start();
        _policies.Set("/", new VirtualHostPolicies(null, []));

        List(Durable(0, 2));

        Assert.Equal(Keys("/", 0, 2), Expect(2));
    }

    private void Pass(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            _clock.Now += TimeSpan.FromSeconds(1);
            Advance(TimeSpan.FromSeconds(1));
        }
    }

    private static CatalogueName[] Durable(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(static i => new CatalogueName(DestinationKind.Queue, $"q{i}", true))];

    private static QueueKey[] Keys(string virtualHost, int first, int count) =>
        [.. Enumerable.Range(first, count).Select(i => new QueueKey(virtualHost, $"q{i}"))];

    [Fact]
    public void One_of_several_nodes_wakes_the_queues_of_all_and_again_when_a_node_has_gone()
    {
        _isForAll = false;
        Sys.ActorOf(QueueWakeUpActor.Props(_access, _catalogues, _queues, _policies, _sleeping, _clock, () => _isForAll));
        Pass(10);
        _access.ExpectNoMsg(TimeSpan.Zero);

        _isForAll = true;
        Sys.EventStream.Publish(new NodeRemoved(Address.AllSystems));
        _access.ExpectMsg<ListVirtualHosts>();
        _access.Reply(new VirtualHostsListed(0, ["/"]));
        List(Durable(0, 1));
        Assert.Equal(Keys("/", 0, 1).Single(), _queues.ExpectMsg<WakeQueue>().Queue);
    }

    private IActorRef Start(params string[] virtualHosts)
    {
        var wakeUp = Sys.ActorOf(QueueWakeUpActor.Props(_access, _catalogues, _queues, _policies, _sleeping, _clock, () => _isForAll));
        _access.ExpectMsg<ListVirtualHosts>();
        _access.Reply(new VirtualHostsListed(0, virtualHosts));
        return wakeUp;
    }

    private void List(CatalogueName[] names)
    {
        var request = _catalogues.ExpectMsg<ListNames>();
        _catalogues.Reply(new NamesListed(request.RequestId, request.VirtualHost, names, IsLast: true));
    }

    private QueueKey[] Expect(int count) => [.. Enumerable.Range(0, count).Select(_ => _queues.ExpectMsg<WakeQueue>().Queue)];

    private void Advance(TimeSpan time) => ((TestScheduler)Sys.Scheduler).Advance(time);

    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
