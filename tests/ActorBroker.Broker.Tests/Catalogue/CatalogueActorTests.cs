using ActorBroker.Broker.Catalogue;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Catalogue;

public sealed class CatalogueActorTests : EntityTestKit
{
    private static readonly string EntityId = EntityIds.OfVirtualHost("/");
    private static readonly string JournalId = EntityIds.PersistenceId(EntityIds.CatalogueType, EntityId);
    private static readonly CatalogueName Durable = new(DestinationKind.Queue, "durable", true);
    private static readonly CatalogueName Transient = new(DestinationKind.Queue, "transient", false);

    private readonly TestProbe _node;
    private IActorRef _catalogue = ActorRefs.Nobody;

    public CatalogueActorTests()
    {
        _node = Probe("node");
        Start(new CatalogueSettings());
    }

    [Fact]
    public void A_name_is_registered_when_every_node_knows_it_and_a_durable_one_outlives_a_restart()
    {
        Subscribe();
        Register(Durable, "1");
        var changed = _node.ExpectMsg<NamesChanged>();
        Assert.Equal([new NameChange(true, Durable)], changed.Changes);
        ExpectNoMsg(0);
        _node.Reply(new NamesApplied("/", changed.Version));
        Assert.Equal(new NameRegistered("1", null), ExpectMsg<NameRegistered>());
        Register(Transient, "2");
        _node.Reply(new NamesApplied("/", _node.ExpectMsg<NamesChanged>().Version));
        ExpectMsg<NameRegistered>();
        StopAndAwait(_catalogue);
        Start(new CatalogueSettings());
        Assert.Equal([Durable], Subscribe());
    }

    [Fact]
    public void Nodes_give_transient_names_back_after_a_restart_but_not_what_was_unregistered_since()
    {
        var other = new CatalogueName(DestinationKind.Exchange, "gone", false);
        Unregister(other, "1");
        ExpectMsg<NameUnregistered>();
        _catalogue.Tell(new ReclaimNames("/", [Transient, other, Durable]), _node.Ref);
        Assert.Equal([Transient], Subscribe());
    }

    [Fact]
    public void What_comes_during_a_write_shares_the_next_one()
    {
        Subscribe();
        Journal.Hold(JournalId);
        for (var i = 0; i < 20; i++)
            Register(Durable with { Name = $"q{i}" }, $"{i}");
        Unregister(Durable with { Name = "q5" }, "20");
        Journal.Release(JournalId);
        var changes = 0;
        while (changes < 21)
        {
            var changed = _node.ExpectMsg<NamesChanged>();
            changes += changed.Changes.Count;
            Assert.True(changed.Version <= 2);
            _node.Reply(new NamesApplied("/", changed.Version));
        }

        for (var i = 0; i < 20; i++)
            Assert.Equal(new NameRegistered($"{i}", null), ExpectMsg<NameRegistered>());
        Assert.Equal(new NameUnregistered("20", null) { WasThere = true }, ExpectMsg<NameUnregistered>());
        Assert.Equal(19, Subscribe().Count);
        Unregister(Durable with { Name = "q5" }, "21");
        var again = _node.ExpectMsg<NamesChanged>();
        _node.Reply(new NamesApplied("/", again.Version));
        Assert.Equal(new NameUnregistered("21", null), ExpectMsg<NameUnregistered>());
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void A_write_that_goes_wrong_refuses_what_waits(JournalFault fault)
    {
        Watch(_catalogue);
        Journal.Next(JournalId, fault);
        Register(Durable, "1");
        Assert.Equal(RefusalReason.Interrupted, ExpectMsg<NameRegistered>().Refusal!.Reason);
        ExpectTerminated(_catalogue);
        Unwatch(_catalogue);
        Start(new CatalogueSettings());
        Assert.Empty(Subscribe());
    }

    [Fact]
    public void A_node_that_does_not_follow_is_told_to_load_again()
    {
        Start(new CatalogueSettings { NodeTimeout = TimeSpan.FromMilliseconds(20) });
        Subscribe();
        Register(Durable, "1");
        _node.ExpectMsg<NamesChanged>();
        Assert.Equal(new ReloadNames("/"), _node.ExpectMsg<ReloadNames>());
        Assert.Null(ExpectMsg<NameRegistered>().Refusal);
    }

    [Fact]
    public void A_pause_is_no_time_in_which_a_node_did_not_follow()
    {
        var clock = new StandingClock(readings: 4);
        Start(new CatalogueSettings { NodeTimeout = TimeSpan.FromMilliseconds(1), Clock = clock });
        Subscribe();
        Register(Durable, "1");
        _node.ExpectMsg<NamesChanged>();
        _node.ExpectMsg<ReloadNames>();
        Assert.True(clock.Read > 4);
    }

    [Fact]
    public void A_snapshot_and_the_events_after_it_give_all_names_and_a_listing_has_them_in_parts()
    {
        Start(new CatalogueSettings { SnapshotAfterEvents = 3, RoundMax = 100 });
        var longName = new string('n', 200);
        for (var i = 0; i < 1000; i++)
            Register(Durable with { Name = $"{longName}{i}" }, $"{i}");
        for (var i = 0; i < 1000; i++)
            ExpectMsg<NameRegistered>();
        StopAndAwait(_catalogue);
        Start(new CatalogueSettings());
        _catalogue.Tell(new ListNames("/", "list"), TestActor);
        var names = new HashSet<CatalogueName>();
        var parts = 0;
        NamesListed listed;
        do
        {
            listed = ExpectMsg<NamesListed>();
            names.UnionWith(listed.Names);
            parts++;
        }
        while (!listed.IsLast);
        Assert.Equal(1000, names.Count);
        Assert.True(parts > 2);
    }

    private void Start(CatalogueSettings settings) => _catalogue = Sys.ActorOf(CatalogueActor.Props(EntityId, settings));

    private void Register(CatalogueName name, string requestId) =>
        _catalogue.Tell(new RegisterName("/", name.Kind, name.Name, name.Durable, requestId), TestActor);

    private void Unregister(CatalogueName name, string requestId) =>
        _catalogue.Tell(new UnregisterName("/", name.Kind, name.Name, requestId), TestActor);

    private IReadOnlyList<CatalogueName> Subscribe()
    {
        _catalogue.Tell(new SubscribeNames("/"), _node.Ref);
        var snapshot = _node.ExpectMsg<NamesSnapshot>();
        Assert.True(snapshot is { IsFirst: true, IsLast: true });
        return snapshot.Names;
    }
}
