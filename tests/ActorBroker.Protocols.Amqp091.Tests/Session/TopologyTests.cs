using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

public sealed class TopologyTests
{
    private readonly Conversation _conversation = Conversation.Opened();

    [Fact]
    public void Every_method_of_the_exchange_and_queue_classes_reaches_the_broker_and_is_answered()
    {
        _conversation.Session.QueueReply = new QueueReply(null, 7, 2);

        _conversation.Exchange(new ClientScript()
            .Method(1, new ExchangeDeclare("e", "topic", true, true, false, true, false, []))
            .Method(1, new ExchangeBind("e", "s", "k", false, []))
            .Method(1, new ExchangeUnbind("e", "s", "k", false, []))
            .Method(1, new ExchangeDelete("e", true, false))
            .Method(1, new QueueDeclare("q", false, true, false, true, false, []))
            .Method(1, new QueueBind("q", "e", "k", false, []))
            .Method(1, new QueueUnbind("q", "e", "k", []))
            .Method(1, new QueuePurge("q", false))
            .Method(1, new QueueDelete("q", false, true, false)));

        Assert.Equal(
            [
                "declare-exchange e topic 1101 []", "bind s Exchange e k []", "unbind s Exchange e k []", "delete-exchange e 1",
                "declare-queue q 0101 []", "bind e Queue q k []", "unbind e Queue q k []", "purge q", "delete-queue q 01",
            ],
            _conversation.TakeCalls());
        var frames = _conversation.TakeFrames();
        Assert.Equal(
            [
                "1 exchange.declare-ok", "1 exchange.bind-ok", "1 exchange.unbind-ok", "1 exchange.delete-ok",
                "1 queue.declare-ok", "1 queue.bind-ok", "1 queue.unbind-ok", "1 queue.purge-ok", "1 queue.delete-ok",
            ],
            frames.ConvertAll(frame => frame.ToString()));
        Assert.Equal(new QueueDeclareOk("q", 7, 2), QueueDeclareOk.Read(frames[4].Payload));
        Assert.Equal(new QueuePurgeOk(7), QueuePurgeOk.Read(frames[7].Payload));
        Assert.Equal(new QueueDeleteOk(7), QueueDeleteOk.Read(frames[8].Payload));
    }

    [Fact]
    public void What_follows_a_no_wait_method_waits_for_the_broker_all_the_same()
    {
        _conversation.Receive(new ClientScript()
            .Method(1, new QueueDeclare("q", false, false, false, false, NoWait: true, []))
            .Publish(1, "", "q", "m"u8).ToArray());
        Assert.Equal(["declare-queue q 0000 []"], _conversation.TakeCalls());

        _conversation.Settle();

        Assert.Equal(["target /q", "publish /q None 0 0 0000  m"], _conversation.TakeCalls());
        Assert.Empty(_conversation.TakeFrames());
    }

    [Fact]
    public void Other_channels_go_on_while_one_waits()
    {
        _conversation.Exchange(new ClientScript().Method(2, new ChannelOpen())).TakeFrames();

        _conversation.Receive(new ClientScript()
            .Method(1, new QueueDeclare("q", false, false, false, false, false, []))
            .Method(1, new BasicQos(0, 1, false))
            .Method(2, new BasicQos(0, 2, false)).ToArray());

        _conversation.Connection.WriteOutput(_conversation.Output, int.MaxValue);
        Assert.Equal(["2 basic.qos-ok"], _conversation.TakeLines());
        Assert.Equal(["1 queue.declare-ok", "1 basic.qos-ok"], _conversation.Settle().TakeLines());
    }

    [Fact]
    public void A_client_that_sends_on_and_on_behind_an_unanswered_method_has_to_wait()
    {
        _conversation.Receive(new ClientScript().Method(1, new QueueDeclare("q", false, false, false, false, false, [])).ToArray());
        var publish = new ClientScript().Publish(1, "", "q", new byte[100_000]).ToArray();
        Assert.True(_conversation.Connection.WantsMoreInput);

        for (var times = 0; times < 3; times++)
            _conversation.Receive(publish);
        Assert.False(_conversation.Connection.WantsMoreInput);

        _conversation.Settle();
        Assert.True(_conversation.Connection.WantsMoreInput);
        Assert.Equal(3, _conversation.Session.PublishCount);
    }

    [Fact]
    public void A_queue_without_a_name_gets_one_that_the_channel_remembers()
    {
        _conversation.Exchange(new ClientScript()
            .Method(1, new QueueDeclare("", false, false, true, false, false, []))
            .Method(1, new QueueBind("", "e", "", false, []))
            .Method(1, new QueueBind("", "e", "k", false, []))
            .Method(1, new QueueBind("other", "e", "", false, []))
            .Method(1, new QueuePurge("", false)));

        var name = QueueDeclareOk.Read(_conversation.TakeFrames()[0].Payload).Queue;
        Assert.StartsWith("amq.gen-", name, StringComparison.Ordinal);
        Assert.Equal("amq.gen-".Length + 22, name.Length);
        Assert.Equal(
            [$"declare-queue {name} 0010 []", $"bind e Queue {name} {name} []", $"bind e Queue {name} k []", "bind e Queue other  []", $"purge {name}"],
            _conversation.TakeCalls());
    }

    [Fact]
    public void Names_that_are_declared_bound_or_deleted_lose_their_line_ends_and_others_keep_them()
    {
        _conversation.Exchange(new ClientScript()
            .Method(1, new ExchangeDeclare("\ne\r", "topic", false, true, false, false, false, []))
            .Method(1, new ExchangeBind("e\n", "\rs", "k\n", false, []))
            .Method(1, new ExchangeUnbind("e\n", "\rs", "k", false, []))
            .Method(1, new ExchangeDelete("e\r\n", false, false))
            .Method(1, new QueueDeclare("q\r\nr", false, false, false, false, false, []))
            .Method(1, new QueueBind("q\n", "\ne", "k", false, []))
            .Method(1, new QueueUnbind("q\r", "e", "k", []))
            .Method(1, new QueuePurge("q\n", false))
            .Method(1, new QueueDelete("q\n", false, false, false)));

        Assert.Equal(
            [
                "declare-exchange e topic 0100 []", "bind s Exchange e k\n []", "unbind s Exchange e k []", "delete-exchange e 0",
                "declare-queue qr 0000 []", "bind e Queue q k []", "unbind e Queue q k []", "purge q\n", "delete-queue q 00",
            ],
            _conversation.TakeCalls());
        Assert.Equal("qr", QueueDeclareOk.Read(_conversation.TakeFrames()[4].Payload).Queue);
    }

    [Fact]
    public void A_reserved_name_may_be_declared_passively()
    {
        _conversation.Exchange(new QueueDeclare("amq.gen-x", true, false, false, false, false, []));

        Assert.Equal(["1 queue.declare-ok"], _conversation.TakeLines());
    }

    [Fact]
    public void A_failed_declare_is_not_remembered()
    {
        _conversation.Session.Refusal = new Refusal(RefusalReason.ResourceLocked, "locked");
        _conversation.Exchange(new QueueDeclare("q", false, false, false, false, false, []));
        _conversation.Exchange(new ClientScript().Method(1, new ChannelCloseOk()).Method(1, new ChannelOpen()));

        _conversation.Exchange(new QueuePurge("", false));

        Assert.StartsWith("1 channel.close 404", _conversation.TakeLines()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_comes_after_the_connections_end_is_ignored()
    {
        _conversation.Receive(new ClientScript()
            .Method(1, new QueueDeclare("q", false, false, false, false, false, [])).Method(9, new ChannelCloseOk()).ToArray());

        _conversation.Settle();

        Assert.StartsWith("0 connection.close 504", Assert.Single(_conversation.TakeLines()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_sent_behind_an_unanswered_method_may_close_the_channel_and_open_it_again()
    {
        _conversation.Exchange(new ClientScript()
            .Method(1, new QueueDeclare("a", false, false, false, false, false, []))
            .Method(1, new ChannelClose(ReplyCode.Success, "", 0, 0)).Method(1, new ChannelOpen())
            .Method(1, new QueueDeclare("b", false, false, false, false, false, []))
            .Publish(1, "", "b", "m"u8));

        Assert.Equal(["1 queue.declare-ok", "1 channel.close-ok", "1 channel.open-ok", "1 queue.declare-ok"], _conversation.TakeLines());
        Assert.Equal(1, _conversation.Session.PublishCount);
        Assert.True(_conversation.Connection.WantsMoreInput);
    }

    [Fact]
    public void The_clients_close_waits_for_what_it_sent_before()
    {
        _conversation.Receive(new ClientScript()
            .Method(1, new QueueDeclare("q", false, false, false, false, false, []))
            .Publish(1, "", "q", "m"u8)
            .Method(0, new ConnectionClose(ReplyCode.Success, "bye", 0, 0)).ToArray());
        Assert.Equal(Protocols.Amqp091.Session.ConnectionCloseState.Closing, _conversation.Connection.CloseState);

        _conversation.Settle();

        Assert.Equal(["1 queue.declare-ok", "0 connection.close-ok"], _conversation.TakeLines());
        Assert.Equal(1, _conversation.Session.PublishCount);
        Assert.Equal(Protocols.Amqp091.Session.ConnectionCloseState.Closed, _conversation.Connection.CloseState);
        Assert.Null(_conversation.Connection.CloseReason);
    }
}
