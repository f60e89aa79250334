using ActorBroker.Broker.Catalogue;
using ActorBroker.Broker.Tests.Events;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Events;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Catalogue;

/// <summary>Policies in the catalogue: kept, spread to the nodes, read back.</summary>
public sealed class CataloguePolicyTests : EntityTestKit
{
    private static readonly string EntityId = EntityIds.OfVirtualHost("/");
    private static readonly string JournalId = EntityIds.PersistenceId(EntityIds.CatalogueType, EntityId);

    private readonly TestProbe _node;
    private IActorRef _catalogue = ActorRefs.Nobody;

    public CataloguePolicyTests()
    {
        _node = Probe("node");
        Start(new CatalogueSettings());
    }

    [Fact]
    public void A_policy_is_answered_when_every_node_has_it_and_outlives_a_restart()
    {
        Assert.Empty(Subscribe().Policies);
        Set(Limit("p", 1), "1");
        var changed = _node.ExpectMsg<PoliciesChanged>();
        Assert.Equal([Limit("p", 1)], changed.Policies.Policies);
        ExpectNoMsg(0);
        _node.Reply(new NamesApplied("/", changed.Version));
        ExpectMsg(new PolicyAnswered("1", null));
        Assert.Equal([new PolicySet("/", Limit("p", 1), Someone)], Journal.Written(JournalId).Select(written => written.Payload));
        Restart();
        Assert.Equal([Limit("p", 1)], Subscribe().Policies);
    }

    [Fact]
    public void A_policy_takes_the_place_of_the_one_of_its_name_but_not_of_an_operator_policy()
    {
        SetAndAwait(Limit("p", 1));
        SetAndAwait(Limit("p", 2));
        SetAndAwait(Limit("p", 3) with { IsOperator = true });
        Assert.Equal([Limit("p", 2), Limit("p", 3) with { IsOperator = true }], Listed().Policies);
        _catalogue.Tell(new ClearPolicy("/", "c", "p", IsOperator: false, Someone), TestActor);
        ExpectMsg(new PolicyAnswered("c", null));
        Restart();
        Assert.Equal([Limit("p", 3) with { IsOperator = true }], Listed().Policies);
    }

    [Fact]
    public void What_changes_nothing_is_not_written()
    {
        SetAndAwait(Limit("p", 1));
        SetAndAwait(Limit("p", 1));
        _catalogue.Tell(new SetDefaultQueueType("/", "d", null, Someone), TestActor);
        ExpectMsg(new PolicyAnswered("d", null));
        Assert.Single(Journal.Written(JournalId));
    }

    [Fact]
    public void What_was_written_is_told_to_those_who_watch_and_names_are_not()
    {
        var watcher = Happenings.Watch(this);
        SetAndAwait(Limit("p", 1));
        SetAndAwait(Limit("p", 1));
        Register(DestinationKind.Queue, "q", durable: true);
        LimitQueues(7);
        watcher.ExpectMsg(new VirtualHostChanged(new PolicySet("/", Limit("p", 1), Someone)));
        watcher.ExpectMsg(new VirtualHostChanged(new QueueLimitSet("/", 7, Someone)));
        watcher.ExpectNoMsg(0);
    }

    [Fact]
    public void What_cannot_be_is_refused_and_not_written()
    {
        Set(Limit("p", -1), "1");
        Assert.Equal("Validation failed\n\n-1 is not a valid maximum length", ExpectMsg<PolicyAnswered>().Refusal?.Text);
        _catalogue.Tell(new ClearPolicy("/", "2", "p", IsOperator: true, Someone), TestActor);
        Assert.Equal(new Refusal(RefusalReason.NotFound, "no operator policy 'p' in vhost '/'"), ExpectMsg<PolicyAnswered>().Refusal);
        Assert.Empty(Journal.Written(JournalId));
    }

    [Fact]
    public void The_default_type_of_queues_is_kept_and_told()
    {
        Subscribe();
        _catalogue.Tell(new SetDefaultQueueType("/", "d", QueueType.Quorum, Someone), TestActor);
        var changed = _node.ExpectMsg<PoliciesChanged>();
        Assert.Equal(QueueType.Quorum, changed.Policies.DefaultQueueType);
        _node.Reply(new NamesApplied("/", changed.Version));
        ExpectMsg(new PolicyAnswered("d", null));
        Restart();
        Assert.Equal(QueueType.Quorum, Subscribe().DefaultQueueType);
    }

    [Fact]
    public void Tracing_is_kept_and_told_and_written_once()
    {
        Restart(new CatalogueSettings { SnapshotAfterEvents = 2 });
        Assert.False(Subscribe().IsTraced);
        Trace(isOn: true);
        var changed = _node.ExpectMsg<PoliciesChanged>();
        Assert.True(changed.Policies.IsTraced);
        _node.Reply(new NamesApplied("/", changed.Version));
        ExpectMsg(new PolicyAnswered("t", null));
        Trace(isOn: true);
        ExpectMsg(new PolicyAnswered("t", null));
        Assert.Single(Journal.Written(JournalId));
        Restart(new CatalogueSettings { SnapshotAfterEvents = 2 });
        Assert.True(Listed().IsTraced);
        SetAndAwait(Limit("p", 3));
        SetAndAwait(Limit("p", 2));
        SetAndAwait(Limit("p", 1));

        // The snapshot before the newest stays, and the events behind it.
        AwaitAssert(() => Assert.Equal([3L, 4L], Journal.Written(JournalId).Select(static written => written.SequenceNr)));
        Restart();
        Assert.True(Listed().IsTraced);
        Trace(isOn: false);
        ExpectMsg(new PolicyAnswered("t", null));
        Assert.False(Listed().IsTraced);
        Assert.Equal([Limit("p", 1)], Listed().Policies);
    }

    [Fact]
    public void A_snapshot_holds_policies_too()
    {
        Restart(new CatalogueSettings { SnapshotAfterEvents = 1 });
        SetAndAwait(Limit("p", 1));
        _catalogue.Tell(new SetDefaultQueueType("/", "d", QueueType.Stream, Someone), TestActor);
        ExpectMsg<PolicyAnswered>();
        AwaitAssert(() => Assert.Equal(2, Assert.Single(Journal.Written(JournalId)).SequenceNr));
        Restart();
        Assert.Equal([Limit("p", 1)], Listed().Policies);
        Assert.Equal(QueueType.Stream, Listed().DefaultQueueType);
    }

    [Fact]
    public void One_queue_more_than_the_limit_is_refused_its_name()
    {
        LimitQueues(2);
        Assert.Null(Register(DestinationKind.Queue, "a", durable: true));
        Assert.Null(Register(DestinationKind.Queue, "b", durable: false));
        var refusal = Register(DestinationKind.Queue, "c", durable: true);
        Assert.Equal(new Refusal(RefusalReason.PreconditionFailed, "cannot declare queue 'c': queue limit in vhost '/' (2) is reached"), refusal);
        Assert.Null(Register(DestinationKind.Queue, "a", durable: true));
        Assert.Null(Register(DestinationKind.Exchange, "e", durable: true));
        Assert.Null(Register(DestinationKind.Queue, Stage.NameOf("e"), durable: true));
        _catalogue.Tell(new UnregisterName("/", DestinationKind.Queue, "b", "u"), TestActor);
        ExpectMsg(new NameUnregistered("u", null) { WasThere = true });
        Assert.Null(Register(DestinationKind.Queue, "c", durable: true));
    }

    [Fact]
    public void Queues_that_are_declared_at_once_do_not_get_past_the_limit()
    {
        LimitQueues(2);
        Journal.Hold(JournalId);
        for (var i = 0; i < 5; i++)
            _catalogue.Tell(new RegisterName("/", DestinationKind.Queue, $"q{i}", Durable: true, $"{i}"), TestActor);
        Journal.Release(JournalId);
        Assert.Equal(2, Enumerable.Range(0, 5).Count(_ => ExpectMsg<NameRegistered>().Refusal is null));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void The_limit_of_queues_outlives_a_restart_and_can_be_lifted(int snapshotAfterEvents)
    {
        Restart(new CatalogueSettings { SnapshotAfterEvents = snapshotAfterEvents });
        Assert.Null(Register(DestinationKind.Queue, "a", durable: true));
        LimitQueues(1);
        Restart();
        Assert.NotNull(Register(DestinationKind.Queue, "b", durable: true));
        LimitQueues(null);
        Assert.Null(Register(DestinationKind.Queue, "b", durable: true));
        _catalogue.Tell(new SetQueueLimit("/", "n", -2, Someone), TestActor);
        Assert.Equal(RefusalReason.PreconditionFailed, ExpectMsg<PolicyAnswered>().Refusal?.Reason);
    }

    [Fact]
    public void A_policy_that_cannot_be_written_is_refused()
    {
        Journal.Next(JournalId, JournalFault.Reject);
        Set(Limit("p", 1), "1");
        Assert.Equal(RefusalReason.Interrupted, ExpectMsg<PolicyAnswered>().Refusal?.Reason);
    }

    [Fact]
    public void There_is_a_limit_to_what_all_policies_take()
    {
        var definition = ArgumentTable.Of(("dead-letter-routing-key", ArgumentValue.FromString(new string('k', 15_000))));
        Refusal? refusal = null;
        for (var i = 0; refusal is null && i < 100; i++)
        {
            Set(new Policy($"p{i}", false, ".*", PolicyTarget.All, 0, definition), "s");
            refusal = ExpectMsg<PolicyAnswered>().Refusal;
        }

        Assert.Equal($"the policies of vhost '/' must not exceed {VirtualHostPolicies.SizeBytesMax} bytes", refusal?.Text);
    }

    private static Policy Limit(string name, int length) =>
        new(name, false, ".*", PolicyTarget.Queues, 0, ArgumentTable.Of(("max-length", ArgumentValue.FromInt64(length))));

    private void LimitQueues(long? max)
    {
        _catalogue.Tell(new SetQueueLimit("/", "limit", max, Someone), TestActor);
        ExpectMsg(new PolicyAnswered("limit", null));
    }

    private Refusal? Register(DestinationKind kind, string name, bool durable)
    {
        _catalogue.Tell(new RegisterName("/", kind, name, durable, "r"), TestActor);
        return ExpectMsg<NameRegistered>().Refusal;
    }

    private void Start(CatalogueSettings settings) => _catalogue = Sys.ActorOf(CatalogueActor.Props(EntityId, settings));

    private void Restart(CatalogueSettings? settings = null)
    {
        StopAndAwait(_catalogue);
        Start(settings ?? new CatalogueSettings());
    }

    private void Set(Policy policy, string requestId) => _catalogue.Tell(new SetPolicy("/", requestId, policy, Someone), TestActor);

    private void Trace(bool isOn) => _catalogue.Tell(new SetTracing("/", "t", isOn, Someone), TestActor);

    private void SetAndAwait(Policy policy)
    {
        Set(policy, "s");
        ExpectMsg(new PolicyAnswered("s", null));
    }

    private VirtualHostPolicies Listed()
    {
        _catalogue.Tell(new ListPolicies("/", "l"), TestActor);
        return ExpectMsg<PoliciesListed>().Policies;
    }

    private VirtualHostPolicies Subscribe()
    {
        _catalogue.Tell(new SubscribeNames("/"), _node.Ref);
        return _node.ExpectMsg<NamesSnapshot>().Policies!;
    }
}
