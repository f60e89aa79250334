using ActorBroker.Broker.Access;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Testing.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
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
        Assert.Equal((1L, false, "u"), (change.Version, change.IsWhole, ((UserCreated)change.Changes.Single()).User.Name));
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
    public void A_nodes_table_comes_to_the_same_and_follows_the_next_incarnation()
    {
        var access = Start();
        var tables = new AccessTables();
        Sys.EventStream.Subscribe(TestActor, typeof(AccessWithdrawn));
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
        Assert.Equal(["u"], ExpectMsg<AccessWithdrawn>().Users);
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

    private IActorRef Start() => Sys.ActorOf(AccessActor.Props(AccessCommand.TheEntity, Started.With(Guest)));

    private void Change(IActorRef access, AccessChange change)
    {
        access.Tell(change, TestActor);
        Assert.Null(ExpectMsg<AccessChangeDone>().Refusal);
    }
}
