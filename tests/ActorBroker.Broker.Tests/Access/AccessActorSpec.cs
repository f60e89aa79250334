using ActorBroker.Broker.Access;
using ActorBroker.Testing.Serialization;
using ActorBroker.Broker.Tests.Events;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorBroker.Broker.Tests.Access;

public sealed class AccessActorSpec() : TestKit(Settings, nameof(AccessActorSpec))
{
    private static readonly AccessOptions Guest = new("guest", "secret", "/", new HashSet<string> { "guest" });

    private static readonly Origin Someone = new("operator", "here", DateTimeOffset.UnixEpoch);

    // Messages are serialized on their way, as between nodes.
    private static Config Settings { get; } = ConfigurationFactory.ParseString(
            """
            akka.actor.provider = local
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.persistence.journal {
              plugin = "akka.persistence.journal.controlled"
              auto-start-journals = []
              controlled {
                class = "ActorBroker.Broker.Tests.Access.ControlledJournal, ActorBroker.Broker.Tests"
                plugin-dispatcher = "akka.actor.default-dispatcher"
                circuit-breaker.max-failures = 1000
              }
            }
            akka.persistence.snapshot-store {
              plugin = "akka.persistence.snapshot-store.inmem"
              auto-start-snapshot-stores = []
            }
            """)
        .WithFallback(ConfigurationFactory.ParseString(InProcessSerializer.Bindings))
        .WithFallback(BrokerConfiguration.Shipped(BrokerConfiguration.Test))
        .WithFallback(DefaultConfig);

    private IActorRef Journal => Akka.Persistence.Persistence.Instance.Apply(Sys).JournalFor("akka.persistence.journal.controlled");

    [Fact]
    public void The_first_start_makes_the_default_user()
    {
        var access = Start(Guest);

        Assert.Equal(["administrator"], Table(access).Users["guest"].Tags);
        Assert.True(Table(access).MayEnter("guest", "/"));
        Assert.Null(Open(access, "guest", "/"));
    }

    [Fact]
    public void A_virtual_host_must_exist() =>
        Assert.Equal(new Refusal(RefusalReason.NotAllowed, "vhost x not found"), Open(Start(Guest), "guest", "x"));

    [Fact]
    public void A_restart_keeps_the_users_and_does_not_seed_again()
    {
        var first = Start(Guest);
        var before = Table(first);
        Stop(first);

        var after = Table(Start(Guest with { DefaultUser = "changed", DefaultPassword = "changed", DefaultVirtualHost = "changed" }));

        Assert.Equal(before.Users.Values, after.Users.Values);
        Assert.Equal(["/"], after.VirtualHosts.Keys);
    }

    [Fact]
    public void Nothing_is_answered_before_the_default_user_is_written()
    {
        Control(new ControlledJournal.Hold(Reads: false));
        var access = Start(Guest);
        access.Tell(new SubscribeAccess());
        access.Tell(new OpenVirtualHost(2, "guest", "/"));
        access.Tell(new Identify("both have been received"));
        ExpectMsg<ActorIdentity>();

        Control(new ControlledJournal.Release());

        Assert.True(ExpectMsg<AccessTableChanged>().IsWhole);
        Assert.Equal(new VirtualHostOpened(2, null), ExpectMsg<VirtualHostOpened>());
    }

    [Theory]
    [InlineData(ControlledJournal.Failing.Write)]
    [InlineData(ControlledJournal.Failing.Refuse)]
    [InlineData(ControlledJournal.Failing.Replay)]
    public void A_journal_that_does_not_play_along_makes_access_unavailable_until_the_next_start(ControlledJournal.Failing what)
    {
        Control(new ControlledJournal.Fail(what));
        Control(new ControlledJournal.Hold(Reads: true));
        var failing = Watch(Start(Guest));
        failing.Tell(new SubscribeAccess());
        failing.Tell(new OpenVirtualHost(2, "guest", "/"));
        failing.Tell(new Identify("both have been received"));
        ExpectMsg<ActorIdentity>();
        Control(new ControlledJournal.Release());

        var answers = new[] { ExpectMsg<AccessTableRefused>().Refusal, ExpectMsg<VirtualHostOpened>().Refusal };
        Assert.All(answers, refusal => Assert.Equal(RefusalReason.Unavailable, refusal?.Reason));
        ExpectTerminated(failing);

        Control(new ControlledJournal.Fail(ControlledJournal.Failing.Nothing));
        Assert.True(Table(Start(Guest)).MayEnter("guest", "/"));
    }

    [Fact]
    public void One_connection_more_than_the_virtual_host_allows_is_refused_until_one_ends()
    {
        var access = Start(Guest);
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        Set(access, new SetVirtualHostLimits(9, "/", 1, Someone));
        Assert.Null(Open(access, first));
        Assert.Equal(
            new Refusal(RefusalReason.NotAllowed, "access to vhost '/' refused for user 'guest': connection limit (1) is reached"), Open(access, second));
        Sys.Stop(first);
        AwaitAssert(() => Assert.Null(Open(access, second)));
    }

    [Fact]
    public void One_connection_more_than_the_user_may_have_is_refused_also_after_a_restart()
    {
        var first = Start(Guest);
        Set(first, new SetUserLimits(9, "guest", new UserLimits(0, null), Someone));
        Stop(first);
        var refusal = new Refusal(RefusalReason.NotAllowed, "connection refused for user 'guest': user connection limit (0) is reached");
        Assert.Equal(refusal, Open(Start(Guest), CreateTestProbe()));
    }

    [Fact]
    public void What_was_written_is_told_to_those_who_watch()
    {
        var watcher = Happenings.Watch(this);
        var access = Start(Guest);
        Set(access, new SetVirtualHostLimits(9, "/", 1, Someone));
        Set(access, new SetVirtualHostLimits(9, "/", 1, Someone));
        Assert.Equal(
            [typeof(UserCreated), typeof(VirtualHostCreated), typeof(PermissionGranted), typeof(VirtualHostLimited)],
            watcher.ReceiveN(4).Cast<AccessChanged>().Select(told => told.Change.GetType()));
        Stop(access);
        Assert.Null(Open(Start(Guest), CreateTestProbe()));
        watcher.ExpectNoMsg(0);
    }

    [Fact]
    public void Connections_that_say_they_are_there_count_at_the_next_incarnation()
    {
        var first = Start(Guest);
        Set(first, new SetVirtualHostLimits(9, "/", 1, Someone));
        Stop(first);
        var access = Start(Guest);
        var connection = CreateTestProbe();
        access.Tell(new CountConnection("guest", "/", 3), connection);
        Assert.False(connection.ExpectMsg<ConnectionCounted>().CountsChannels);
        Assert.NotNull(Open(access, CreateTestProbe()));
    }

    [Fact]
    public void Channels_are_counted_where_the_user_has_a_limit_of_them_over_all_its_connections()
    {
        var access = Start(Guest);
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        Assert.Null(Open(access, first));
        Set(access, new SetUserLimits(9, "guest", new UserLimits(null, 3), Someone));
        Assert.True(first.ExpectMsg<ConnectionCounted>().CountsChannels);
        access.Tell(new CountConnection("guest", "/", 2), first);
        Assert.True(first.ExpectMsg<ConnectionCounted>().CountsChannels);
        access.Tell(new OpenVirtualHost(8, "guest", "/"), second);
        Assert.True(second.ExpectMsg<ConnectionCounted>().CountsChannels);
        Assert.Null(second.ExpectMsg<VirtualHostOpened>().Refusal);

        Assert.Null(OpenChannel(access, second));
        Assert.Equal(
            new Refusal(RefusalReason.NotAllowed, "number of channels opened for user 'guest' has reached the maximum allowed user limit of 3"),
            OpenChannel(access, second));
        access.Tell(new CloseChannel(), first);
        Assert.Null(OpenChannel(access, second));
        Assert.NotNull(OpenChannel(access, second));
        Sys.Stop(first);
        AwaitAssert(() => Assert.Null(OpenChannel(access, second)));

        Set(access, new SetUserLimits(9, "guest", UserLimits.None, Someone));
        Assert.False(second.FishForMessage<ConnectionCounted>(static _ => true).CountsChannels);
    }

    [Fact]
    public void Limits_that_cannot_be_are_refused_and_ones_that_are_in_force_are_not_written_again()
    {
        var access = Start(Guest);
        Assert.Equal(RefusalReason.NotFound, SetLimits(access, new SetVirtualHostLimits(9, "x", 1, Someone))?.Reason);
        Assert.Equal(RefusalReason.NotFound, SetLimits(access, new SetUserLimits(9, "x", UserLimits.None, Someone))?.Reason);
        Assert.Equal(RefusalReason.PreconditionFailed, SetLimits(access, new SetVirtualHostLimits(9, "/", -1, Someone))?.Reason);
        Assert.Equal(RefusalReason.PreconditionFailed, SetLimits(access, new SetUserLimits(9, "guest", new UserLimits(null, -1), Someone))?.Reason);
        Set(access, new SetVirtualHostLimits(9, "/", 5, Someone));
        Control(new ControlledJournal.Fail(ControlledJournal.Failing.Write));
        Set(access, new SetVirtualHostLimits(9, "/", 5, Someone));
        Assert.Equal(RefusalReason.Unavailable, SetLimits(access, new SetVirtualHostLimits(9, "/", 6, Someone))?.Reason);
    }

    private Refusal? SetLimits(IActorRef access, AccessCommand command)
    {
        access.Tell(command);
        return ExpectMsg<AccessChangeDone>().Refusal;
    }

    private void Set(IActorRef access, AccessCommand command) => Assert.Null(SetLimits(access, command));

    private static Refusal? Open(IActorRef access, TestProbe connection)
    {
        access.Tell(new OpenVirtualHost(8, "guest", "/"), connection);
        return connection.ExpectMsg<VirtualHostOpened>().Refusal;
    }

    private static Refusal? OpenChannel(IActorRef access, TestProbe connection)
    {
        access.Tell(new OpenChannel(7), connection);
        return connection.ExpectMsg<ChannelOpened>().Refusal;
    }

    private IActorRef Start(AccessOptions options, string entityId = AccessCommand.TheEntity) =>
        Sys.ActorOf(AccessActor.Props(entityId, Started.With(options)));

    private void Stop(IActorRef actor)
    {
        Watch(actor);
        actor.Tell(PoisonPill.Instance);
        ExpectTerminated(actor);
    }

    private AccessSnapshot Table(IActorRef access)
    {
        var node = CreateTestProbe();
        access.Tell(new SubscribeAccess(), node);
        var table = node.ExpectMsg<AccessTableChanged>();
        Sys.Stop(node);
        return table.Changes.Aggregate(AccessSnapshot.Empty, static (current, change) => current.After(change));
    }

    private Refusal? Open(IActorRef access, string user, string virtualHost)
    {
        access.Tell(new OpenVirtualHost(8, user, virtualHost));
        var answer = ExpectMsg<VirtualHostOpened>();
        Assert.Equal(8, answer.RequestId);
        return answer.Refusal;
    }

    private void Control(object command)
    {
        var control = CreateTestProbe();
        Journal.Tell(command, control);
        control.ExpectMsg<Akka.Done>();
    }
}
