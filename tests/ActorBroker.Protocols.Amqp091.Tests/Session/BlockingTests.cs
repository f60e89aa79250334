using ActorBroker.Core.Alarms;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

public sealed class BlockingTests
{
    private readonly Conversation _conversation = Conversation.Opened();

    private Amqp091Connection Connection => _conversation.Connection;

    [Fact]
    public void A_publish_during_an_alarm_waits_and_the_client_is_told_once()
    {
        Connection.OnResourceAlarms(ResourceAlarms.Memory);
        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "one"u8).Publish(1, "e", "k", "two"u8));

        Assert.Equal(["0 connection.blocked"], _conversation.TakeLines());
        Assert.DoesNotContain(_conversation.TakeCalls(), static call => call.StartsWith("publish", StringComparison.Ordinal));

        Connection.OnResourceAlarms(ResourceAlarms.Memory | ResourceAlarms.Disk);
        Assert.Empty(_conversation.Settle().TakeLines());

        Connection.OnResourceAlarms(ResourceAlarms.None);
        Assert.Equal(["0 connection.unblocked"], _conversation.Settle().TakeLines());
        Assert.Equal(["one", "two"], Published());
    }

    [Fact]
    public void A_connection_that_has_published_is_told_at_once_and_one_that_has_not_hears_nothing()
    {
        Connection.OnResourceAlarms(ResourceAlarms.Disk);
        Assert.Empty(_conversation.Settle().TakeLines());
        Connection.OnResourceAlarms(ResourceAlarms.None);
        Assert.Empty(_conversation.Settle().TakeLines());

        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "one"u8));
        Connection.OnResourceAlarms(ResourceAlarms.Disk);
        var blocked = Assert.Single(_conversation.Settle().TakeFrames());
        Assert.Equal("low on disk", ConnectionBlocked.Read(blocked.Payload).Reason);
    }

    [Fact]
    public void What_is_not_a_publish_goes_on_meanwhile()
    {
        _conversation.Exchange(new ClientScript().Method(2, new ChannelOpen()));
        _conversation.TakeLines();
        Connection.OnResourceAlarms(ResourceAlarms.Memory);
        _conversation.Exchange(new ClientScript()
            .Publish(1, "e", "k", "one"u8)
            .Method(2, new BasicQos(0, 1, false))
            .Method(1, new BasicQos(0, 1, false)));
        Assert.Equal(["0 connection.blocked", "2 basic.qos-ok"], _conversation.TakeLines());

        Connection.OnResourceAlarms(ResourceAlarms.None);
        Assert.Equal(["0 connection.unblocked", "1 basic.qos-ok"], _conversation.Settle().TakeLines());
    }

    [Fact]
    public void A_message_in_several_frames_waits_too()
    {
        Connection.OnResourceAlarms(ResourceAlarms.Memory);
        var body = new byte[300_000];
        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", body));
        Assert.Empty(Published());
        Connection.OnResourceAlarms(ResourceAlarms.None);
        _conversation.Settle();
        Assert.Single(Published());
    }

    [Fact]
    public void A_blocked_publisher_that_goes_on_sending_is_not_read_from_for_long()
    {
        Connection.OnResourceAlarms(ResourceAlarms.Memory);
        var sent = 0;
        while (Connection.WantsMoreInput && sent < 10_000_000)
        {
            _conversation.Exchange(new ClientScript().Publish(1, "e", "k", new byte[10_000]));
            sent += 10_000;
        }

        Assert.InRange(sent, 10_000, 1_000_000);
        Connection.OnResourceAlarms(ResourceAlarms.None);
        _conversation.Settle();
        Assert.True(Connection.WantsMoreInput);
        Assert.Equal(sent / 10_000, Published().Count);
    }

    [Fact]
    public void A_connection_that_is_closed_while_it_is_blocked_ends_with_the_alarm_or_in_time()
    {
        Connection.OnResourceAlarms(ResourceAlarms.Memory);
        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "one"u8).Method(0, new ConnectionClose(ReplyCode.Success, "bye", 0, 0)));
        Assert.Equal(["0 connection.blocked"], _conversation.TakeLines());
        Assert.Equal(10_000, Connection.NextTimerMs);
        Connection.OnResourceAlarms(ResourceAlarms.None);
        Assert.Equal(["0 connection.unblocked", "0 connection.close-ok"], _conversation.Settle().TakeLines());
        Assert.Equal(["one"], Published());
    }

    [Fact]
    public void A_client_without_the_capability_waits_without_a_word()
    {
        var conversation = new Conversation();
        conversation.Exchange(new ClientScript().OpenChannel(capable: false));
        conversation.TakeLines();
        conversation.Connection.OnResourceAlarms(ResourceAlarms.Memory);
        conversation.Exchange(new ClientScript().Publish(1, "e", "k", "one"u8));
        Assert.Empty(conversation.TakeLines());
        conversation.Connection.OnResourceAlarms(ResourceAlarms.None);
        Assert.Empty(conversation.Settle().TakeLines());
        Assert.Contains(conversation.TakeCalls(), static call => call.StartsWith("publish", StringComparison.Ordinal));
    }

    private List<string> Published() =>
        [.. _conversation.TakeCalls().Where(static call => call.StartsWith("publish", StringComparison.Ordinal)).Select(static call => call[(call.LastIndexOf(' ') + 1)..])];
}
