using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using ActorBroker.Core.Access;
using ActorBroker.Core.Sessions;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Connections.Tests.Sessions;

/// <summary>What a session tells those who watch its node. It is open when a test begins.</summary>
public sealed class SessionEventTests : BrokerSessionSpec
{
    private static readonly SessionChannel Second = new(2, 1);
    private static readonly QueueKey Key = new("/", "a");

    private readonly TestProbe _watcher;

    public SessionEventTests()
    {
        _watcher = CreateTestProbe("watcher");
        Sys.EventStream.Subscribe(_watcher, typeof(BrokerEvent));
    }

    [Fact]
    public void A_login_and_the_opening_of_a_virtual_host_are_told_when_they_are_answered()
    {
        Session.Authenticate(new Credential.Password("someone", "secret"), static _ => { });
        _watcher.ExpectNoMsg(0);
        var refused = new Refusal(RefusalReason.AccessRefused, "user 'someone' - invalid credentials");
        HearSelf();
        var told = _watcher.ExpectMsg<LoginAnswered>();
        Assert.Equal(("someone", refused, "", ""), (told.User, told.Refusal, told.Connection.User, told.Connection.VirtualHost));
        Assert.Equal((Self.Ref, Heard.Client, "127.0.0.1:1 -> 127.0.0.1:2"), (told.Connection.Actor, told.Connection.Client, told.Connection.Name));

        Session.Authenticate(new Credential.Password("guest", "guest"), static _ => { });
        HearSelf();
        Assert.Null(_watcher.ExpectMsg<LoginAnswered>().Refusal);
        Session.OpenVirtualHost("/", static _ => { });
        Tell(Access, new VirtualHostOpened(Access.ExpectMsg<OpenVirtualHost>().RequestId, refused));
        _watcher.ExpectNoMsg(0);
        Session.End();
        _watcher.ExpectMsg<ConnectionClosed>();
    }

    [Fact]
    public void A_channel_is_told_when_it_is_open_and_when_it_has_ended()
    {
        Session.OpenChannel(Channel, static _ => { });
        Session.OpenChannel(Second, static _ => { });
        Session.CloseChannel(Channel);
        Session.End();
        var connection = Created(Channel);
        Assert.Equal(("guest", "/"), (connection.User, connection.VirtualHost));
        Assert.Equal(connection, Created(Second));
        _watcher.ExpectMsg(new ChannelClosed(connection, Channel));
        _watcher.ExpectMsg(new ChannelClosed(connection, Second));
        _watcher.ExpectMsg(new ConnectionClosed(connection));
        _watcher.ExpectNoMsg(0);
    }

    [Fact]
    public void A_channel_that_has_to_be_asked_for_is_told_when_it_may_be()
    {
        Tell(Access, new ConnectionCounted(CountsChannels: true));
        Access.ExpectMsg<CountConnection>();
        Session.OpenChannel(Channel, static _ => { });
        var refused = Access.ExpectMsg<OpenChannel>();
        Session.OpenChannel(Second, static _ => { });
        _watcher.ExpectNoMsg(0);
        Tell(Access, new ChannelOpened(refused.RequestId, new Refusal(RefusalReason.NotAllowed, "one too many")));
        Tell(Access, new ChannelOpened(Access.ExpectMsg<OpenChannel>().RequestId, null));
        Created(Second);
        _watcher.ExpectNoMsg(0);
    }

    [Fact]
    public void A_consumer_that_is_cancelled_is_told_once()
    {
        var queue = Start();
        Session.StopConsumer(1, static () => { });
        Tell(queue, new ConsumerStopped(queue.ExpectMsg<StopConsumer>().RequestId, 1));
        Ended();
        Session.CloseConsumer(1);
        Session.End();
        _watcher.ExpectMsg<ConnectionClosed>();
        _watcher.ExpectNoMsg(0);
    }

    [Fact]
    public void A_consumer_that_is_closed_with_its_channel_is_told_once()
    {
        Start();
        Session.CloseConsumer(1);
        Ended();
        Session.End();
        _watcher.ExpectMsg<ConnectionClosed>();
    }

    [Fact]
    public void A_consumer_whose_queue_is_deleted_is_told_once()
    {
        var queue = Start();
        Tell(queue, new ConsumerCancelled(1));
        Ended();
        Session.End();
        _watcher.ExpectMsg<ConnectionClosed>();
    }

    [Fact]
    public void A_consumer_that_is_left_when_the_connection_is_lost_ends_with_it()
    {
        Start();
        Session.End();
        Ended();
        _watcher.ExpectMsg<ConnectionClosed>();
    }

    [Fact]
    public void A_consumer_that_goes_on_at_the_next_incarnation_of_its_queue_is_not_told_again()
    {
        var queue = Start();
        Terminate(queue);
        var next = NewQueue();
        Found("a", next);
        Tell(next, new ConsumerStarted(next.ExpectMsg<StartConsumer>().RequestId, 1));
        _watcher.ExpectNoMsg(0);
    }

    [Fact]
    public void Neither_a_consumer_that_is_refused_nor_a_getter_is_told()
    {
        Session.StartConsumer("a", 1, Channel, Settings, static _ => { });
        var queue = NewQueue();
        Found("a", queue);
        var start = queue.ExpectMsg<StartConsumer>();
        Tell(queue, new QueueAnswered(start.RequestId, new Refusal(RefusalReason.AccessRefused, "in exclusive use"), 0, 0));
        Session.Get("a", 2, noAck: true, static _ => { });
        queue.ExpectMsg<GetMessage>();
        Session.End();
        _watcher.ExpectMsg<ConnectionClosed>();
        _watcher.ExpectNoMsg(0);
    }

    private ConnectionDescription Created(SessionChannel channel)
    {
        var created = _watcher.ExpectMsg<ChannelCreated>();
        Assert.Equal(channel, created.Channel);
        return created.Connection;
    }

    private TestProbe Start()
    {
        var queue = NewQueue();
        Session.StartConsumer("a", 1, Channel, Settings, static _ => { });
        Found("a", queue);
        Tell(queue, new ConsumerStarted(queue.ExpectMsg<StartConsumer>().RequestId, 1));
        var told = _watcher.ExpectMsg<ConsumerCreated>();
        Assert.Equal((Channel, Key, Settings), (told.Channel, told.Queue, told.Settings));
        return queue;
    }

    private void Ended()
    {
        var told = _watcher.ExpectMsg<ConsumerDeleted>();
        Assert.Equal((Channel, Key, "tag"), (told.Channel, told.Queue, told.Tag));
    }
}
