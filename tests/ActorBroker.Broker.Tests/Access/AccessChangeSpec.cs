using ActorBroker.Broker.Access;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Access;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Sessions;
using ActorBroker.Testing.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Access;

/// <summary>Changes, and the nodes that follow them.</summary>
public sealed class AccessChangeSpec() : TestKit(Settings, nameof(AccessChangeSpec))
{
    private static readonly AccessOptions Guest = new("guest", "secret", "/", new HashSet<string>());

    private static readonly Origin Someone = new("operator", "here", DateTimeOffset.UnixEpoch);

    private static readonly string Hash = PasswordHash.Create(PasswordHashing.Sha256, [1, 2, 3, 4], "secret");

    private static Config Settings { get; } = ConfigurationFactory.ParseString(
            """
            akka.actor.provider = local
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.test.single-expect-default = 20s
            akka.persistence {
              journal { plugin = "akka.persistence.journal.inmem", auto-start-journals = [] }
              snapshot-store { plugin = "akka.persistence.snapshot-store.inmem", auto-start-snapshot-stores = [] }
            }
            """)
        .WithFallback(ConfigurationFactory.ParseString(InProcessSerializer.Bindings))
        .WithFallback(BrokerConfiguration.Shipped(BrokerConfiguration.Test))
        .WithFallback(DefaultConfig);

    [Fact]
    public void A_change_is_answered_when_every_node_goes_by_it()
    {
        var access = Start();
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        foreach (var node in new[] { first, second })
        {
            access.Tell(new SubscribeAccess(), node);
            Assert.True(node.ExpectMsg<AccessTableChanged>().IsWhole);
        }

        access.Tell(new PutUser(5, "u", Hash, PasswordHashing.Sha256, ["monitoring"], Someone));
        var change = first.ExpectMsg<AccessTableChanged>();
        Assert.Equal((false, "u"), (change.IsWhole, ((UserCreated)change.Changes.Single()).User.Name));
        access.Tell(new AccessTableApplied(change.Version), first);
        ExpectNoMsg(50);
        second.ExpectMsg<AccessTableChanged>();
        access.Tell(new AccessTableApplied(change.Version), second);
        Assert.Equal(new AccessChangeDone(5, null), ExpectMsg<AccessChangeDone>());
    }

    [Fact]
    public void A_node_that_has_gone_is_waited_for_no_longer()
    {
        var access = Start();
        var node = CreateTestProbe();
        access.Tell(new SubscribeAccess(), node);
        node.ExpectMsg<AccessTableChanged>();
        access.Tell(new PutUser(5, "u", Hash, PasswordHashing.Sha256, [], Someone));
        node.ExpectMsg<AccessTableChanged>();
        Sys.Stop(node);
        Assert.Null(ExpectMsg<AccessChangeDone>().Refusal);
    }

    [Fact]
    public void A_change_is_answered_when_a_node_goes_by_it_that_does_not_know_that_the_entity_has_moved()
    {
        var tables = new AccessTables();
        Sys.ActorOf(AccessTableActor.Props(tables, Start()), AccessTableActor.Name);
        AwaitCondition(() => tables.Refusal is null);
        var moved = StartFor(LoneNode.Addresses);
        Change(moved, new PutUser(5, "u", Hash, PasswordHashing.Sha256, [], Someone));
        Assert.True(tables.Current.Users.ContainsKey("u"));
        Change(moved, new DeleteUser(6, "u", Someone));
        Assert.False(tables.Current.Users.ContainsKey("u"));
    }

    [Fact]
    public void A_node_that_follows_nothing_is_not_waited_for()
    {
        var moved = StartFor(LoneNode.Addresses);
        Change(moved, new PutUser(5, "u", Hash, PasswordHashing.Sha256, [], Someone));
    }

    [Fact]
    public void A_node_that_is_silent_when_the_entity_has_moved_is_told_to_load_everything_again()
    {
        var node = CreateTestProbe();
        LoneNode.StartFollower(Sys, AccessTableActor.Name, node.Ref);
        var moved = StartFor(LoneNode.Addresses);
        moved.Tell(new PutUser(5, "u", Hash, PasswordHashing.Sha256, [], Someone));
        node.ExpectMsg<FollowAccess>();
        ExpectNoMsg(50);
        node.ExpectMsg<ReloadAccess>();
        Assert.Null(ExpectMsg<AccessChangeDone>().Refusal);
    }

    [Fact]
    public void A_nodes_table_comes_to_the_same_and_follows_the_next_incarnation()
    {
        var access = Start();
        var tables = new AccessTables();
        var watcher = CreateTestProbe();
        Sys.EventStream.Subscribe(watcher, typeof(AccessWithdrawn));
        Sys.ActorOf(AccessTableActor.Props(tables, access));
        AwaitCondition(() => tables.Refusal is null);
        Assert.True(tables.Current.MayEnter("guest", "/"));

        Change(access, new PutUser(5, "u", Hash, PasswordHashing.Sha256, [], Someone));
        Change(access, new CreateVirtualHost(6, "v", VirtualHostMetadata.None, Someone));
        Change(access, new PutPermission(7, "u", "v", new Permission("a", "b", "c"), Someone));
        Change(access, new PutTopicPermission(8, "u", "v", "amq.topic", new TopicPermission("d", "e"), Someone));
        Assert.Equal("b", tables.Current.Permissions[new PermissionKey("u", "v")].Write);
        Assert.Equal("e", tables.Current.TopicPermissions[new TopicPermissionKey("u", "v", "amq.topic")].Read);
        Change(access, new ClearPermission(9, "u", "v", Someone));
        Assert.False(tables.Current.MayEnter("u", "v"));

        Change(access, new DeleteUser(10, "u", Someone));
        Assert.Equal(["u"], watcher.ExpectMsg<AccessWithdrawn>().Users);
        Assert.Empty(tables.Current.TopicPermissions);
    }

    [Fact]
    public void What_cannot_be_is_refused_with_what_is_wrong()
    {
        var access = Start();
        (AccessChange Change, RefusalReason Reason, string Text)[] wrong =
        [
            (new PutUser(1, "u", null, PasswordHashing.Sha256, [], Someone), RefusalReason.NotFound, "user 'u' not found"),
            (new PutUser(1, "u", "abc", PasswordHashing.Sha256, [], Someone), RefusalReason.PreconditionFailed,
                "the password hash of user 'u' is not in the form that its hashing algorithm has"),
            (new PutUser(1, "", Hash, PasswordHashing.Sha256, [], Someone), RefusalReason.PreconditionFailed, "the name of a user must have 1 to 255 bytes"),
            (new DeleteUser(1, "u", Someone), RefusalReason.NotFound, "user 'u' not found"),
            (new PutPermission(1, "u", "/", Permission.All, Someone), RefusalReason.NotFound, "user 'u' not found"),
            (new PutPermission(1, "guest", "v", Permission.All, Someone), RefusalReason.NotFound, "vhost v not found"),
            (new PutPermission(1, "guest", "/", new Permission("(", "", ""), Someone), RefusalReason.PreconditionFailed,
                "invalid regular expression '(': missing ) at 1"),
            (new PutTopicPermission(1, "guest", "/", "x", new TopicPermission("", "*"), Someone), RefusalReason.PreconditionFailed,
                "invalid regular expression '*': nothing to repeat at 1"),
            (new DeleteVirtualHost(1, "v", Someone), RefusalReason.NotFound, "vhost v not found"),
            (new SetUserLimits(1, "guest", new UserLimits(-1, null), Someone), RefusalReason.PreconditionFailed, "a limit must not be negative"),
        ];
        foreach (var (change, reason, text) in wrong)
        {
            access.Tell(change);
            Assert.Equal(new Refusal(reason, text), ExpectMsg<AccessChangeDone>().Refusal);
        }
    }

    [Fact]
    public void The_deletion_of_a_virtual_host_goes_on_after_a_restart_and_is_done_when_its_catalogue_is_empty()
    {
        var others = CreateTestProbe();
        var first = Start(others);
        Change(first, new CreateVirtualHost(1, "v", VirtualHostMetadata.None, Someone));
        first.Tell(new DeleteVirtualHost(2, "v", Someone));
        others.ExpectMsg<ListNames>();
        Watch(first);
        first.Tell(PoisonPill.Instance);
        Assert.Equal(RefusalReason.Unavailable, FishForMessage<AccessChangeDone>(static _ => true).Refusal?.Reason);
        ExpectTerminated(first);

        var access = Start(others);
        access.Tell(new CreateVirtualHost(3, "v", null, Someone));
        Assert.Equal(RefusalReason.Unavailable, ExpectMsg<AccessChangeDone>().Refusal?.Reason);
        access.Tell(new OpenVirtualHost(4, "guest", "v"));
        Assert.Equal(RefusalReason.NotAllowed, ExpectMsg<VirtualHostOpened>().Refusal?.Reason);
        access.Tell(new DeleteVirtualHost(5, "v", Someone));
        ExpectNoMsg(50);
        AnswerThatNothingIsThere(others);
        Assert.Equal(new AccessChangeDone(5, null), ExpectMsg<AccessChangeDone>());
        access.Tell(new ListVirtualHosts(6));
        Assert.Equal(["/"], ExpectMsg<VirtualHostsListed>().VirtualHosts);
    }

    [Fact]
    public void The_deletion_of_a_virtual_host_is_answered_when_every_node_knows_that_it_is_gone()
    {
        var (others, node) = (CreateTestProbe(), CreateTestProbe());
        var access = Start(others);
        Change(access, new CreateVirtualHost(1, "v", VirtualHostMetadata.None, Someone));
        access.Tell(new SubscribeAccess(), node);
        node.ExpectMsg<AccessTableChanged>();
        access.Tell(new DeleteVirtualHost(2, "v", Someone));
        var closed = node.ExpectMsg<AccessTableChanged>();
        Assert.IsType<VirtualHostClosed>(closed.Changes.Single());
        access.Tell(new AccessTableApplied(closed.Version), node);
        AnswerThatNothingIsThere(others);

        var deleted = node.ExpectMsg<AccessTableChanged>();
        Assert.IsType<VirtualHostDeleted>(deleted.Changes.Single());
        ExpectNoMsg(50);
        access.Tell(new AccessTableApplied(deleted.Version), node);
        Assert.Equal(new AccessChangeDone(2, null), ExpectMsg<AccessChangeDone>());
    }

    // As catalogue and exchanges, until the last thing is asked.
    private static void AnswerThatNothingIsThere(TestProbe others)
    {
        while (true)
        {
            switch (others.ReceiveOne(TimeSpan.FromSeconds(20)))
            {
                case ListNames list:
                    others.Reply(new NamesListed(list.RequestId, list.VirtualHost, [], IsLast: true));
                    break;
                case SubscribeRoutes subscribe:
                    Assert.True(PredeclaredExchanges.TryGet(subscribe.Exchange, out var definition));
                    others.Reply(new RoutesSnapshot(subscribe.Exchange, 0, definition, [], IsFirst: true, IsLast: true));
                    break;
                case ListPolicies list:
                    others.Reply(new PoliciesListed(list.RequestId, list.VirtualHost, VirtualHostPolicies.Empty));
                    return;
            }
        }
    }

    private IActorRef StartFor(Func<ActorSystem, IReadOnlyCollection<Address>> nodes) =>
        Sys.ActorOf(AccessActor.Props(AccessCommand.TheEntity, Started.With(Guest) with { Nodes = nodes }));

    private IActorRef Start(IActorRef? others = null) => Sys.ActorOf(AccessActor.Props(AccessCommand.TheEntity, Started.With(Guest, others)));

    private void Change(IActorRef access, AccessChange change)
    {
        access.Tell(change, TestActor);
        Assert.Null(ExpectMsg<AccessChangeDone>().Refusal);
    }
}
