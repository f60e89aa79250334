using ActorBroker.Testing;
using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

public sealed class PublishingTests
{
    private readonly Conversation _conversation = Conversation.Opened();

    [Fact]
    public void What_matters_to_a_queue_is_taken_from_the_properties()
    {
        _conversation.Exchange(new ClientScript()
            .Publish(1, "e", "k", "one"u8, new BasicProperties { DeliveryMode = 2, Priority = 9 })
            .Publish(1, "e", "k", ""u8, new BasicProperties { DeliveryMode = 1 })
            .Publish(1, "e", "k", "two"u8, new BasicProperties { DeliveryMode = 1, ContentType = "t" }));

        Assert.Equal(
            ["target e/k", "publish e/k Persistent, HasPriority 9 0 18000209  one", "publish e/k None 0 0 100001  ", "publish e/k None 0 0 9000017401  two"],
            _conversation.TakeCalls());
    }

    [Fact]
    public void A_target_is_asked_for_once_for_all_channels()
    {
        _conversation.Exchange(new ClientScript().Method(2, new ChannelOpen())
            .Publish(1, "e", "k", "a"u8).Publish(1, "e", "k2", "b"u8).Publish(2, "e", "k", "c"u8).Publish(1, "e", "k", "d"u8));

        Assert.Equal(["target e/k", "target e/k2"], _conversation.TakeCalls().Where(call => call.StartsWith("target", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(70_000)]
    [InlineData(1_000_000)]
    public void A_body_of_many_frames_and_reads_arrives_whole(int size)
    {
        var body = new byte[size];
        new Random(size).NextBytes(body);
        var bytes = new ClientScript().Publish(1, "e", "k", body, new BasicProperties { MessageId = "id" }, frameMax: 4096).ToArray();

        foreach (var piece in bytes.Chunk(1500))
            _conversation.Receive(piece);
        var inPieces = _conversation.TakeCalls();
        _conversation.Receive(new ClientScript().Publish(1, "e", "k", body, new BasicProperties { MessageId = "id" }, frameMax: 131_072).ToArray());

        Assert.Equal(inPieces[^1], Assert.Single(_conversation.TakeCalls()));
    }

    [Fact]
    public void An_unroutable_mandatory_message_comes_back_before_its_confirm()
    {
        _conversation.Session.IsRoutable = false;
        _conversation.Exchange(new ClientScript().Method(1, new ConfirmSelect(false))
            .Publish(1, "e", "k", "body"u8, new BasicProperties { MessageId = "id" }, mandatory: true)
            .Publish(1, "e", "k", "gone"u8));
        _conversation.Connection.OnConfirm(_conversation.Session.ConfirmChannels[0], 1, 2, negative: false, allBefore: true);

        var frames = _conversation.Settle().TakeFrames();

        Assert.Equal(["1 confirm.select-ok", "1 basic.return", "1 Header 003C000000000000000000040080026964", "1 Body 626F6479", "1 ack 2 True"], frames.ConvertAll(frame => frame.ToString()));
        var returned = BasicReturn.Read(frames[1].Payload);
        Assert.Equal((ReplyCode.NoRoute, "NO_ROUTE", "e", "k"), (
            returned.ReplyCode, Encoding.UTF8.GetString(returned.ReplyText), Encoding.UTF8.GetString(returned.Exchange), Encoding.UTF8.GetString(returned.RoutingKey)));
    }

    [Fact]
    public void A_returned_large_body_is_split_to_the_agreed_frame_size()
    {
        var conversation = Conversation.Opened(frameMax: 4096);
        conversation.Session.IsRoutable = false;
        var body = new byte[10_000];

        conversation.Exchange(new ClientScript().Publish(1, "e", "k", body, mandatory: true, frameMax: 4096));

        var bodies = conversation.TakeFrames().Where(frame => frame.Type == FrameType.Body).ToArray();
        Assert.Equal([4088, 4088, 1824], bodies.Select(frame => frame.Payload.Length));
    }

    [Fact]
    public void A_publish_to_a_target_that_is_loading_holds_its_channel_and_keeps_the_order()
    {
        _conversation.Session.Status = TargetStatus.Loading;
        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "a"u8).Publish(1, "e", "k", "b"u8).Method(1, new BasicQos(0, 1, false)));
        Assert.Equal(["target e/k"], _conversation.TakeCalls());
        Assert.Empty(_conversation.TakeLines());

        // Still loading when asked again, then ready.
        _conversation.Session.Loaded[0]();
        Assert.Equal(0, _conversation.Session.PublishCount);
        _conversation.Session.Status = TargetStatus.Ready;
        _conversation.Session.Loaded[1]();

        Assert.Equal(["publish e/k None 0 0 0000  a", "publish e/k None 0 0 0000  b"], _conversation.TakeCalls());
        Assert.Equal(["1 basic.qos-ok"], _conversation.Settle().TakeLines());
    }

    [Fact]
    public void A_target_that_turns_out_missing_after_loading_closes_the_channel()
    {
        _conversation.Session.Status = TargetStatus.Loading;
        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "a"u8));
        _conversation.Session.Status = TargetStatus.NotFound;

        _conversation.Session.Loaded[0]();

        Assert.Equal(["1 channel.close 404 NOT_FOUND - no exchange 'e' in vhost '/' (60,40)"], _conversation.Settle().TakeLines());
    }

    [Fact]
    public void Confirms_in_order_leave_as_one_and_others_singly()
    {
        var script = new ClientScript().Method(1, new ConfirmSelect(false));
        for (var times = 0; times < 10; times++)
            script.Publish(1, "e", "k", "m"u8);
        _conversation.Exchange(script).TakeFrames();
        var channel = _conversation.Session.ConfirmChannels[0];

        _conversation.Connection.OnConfirm(channel, 1, 2, negative: false, allBefore: true);
        _conversation.Connection.OnConfirm(channel, 3, 3, negative: true, allBefore: true);
        _conversation.Connection.OnConfirm(channel, 6, 7, negative: false, allBefore: false);
        _conversation.Connection.OnConfirm(channel, 4, 5, negative: false, allBefore: true);
        _conversation.Connection.OnConfirm(channel, 9, 9, negative: false, allBefore: false);

        Assert.Equal(["1 nack 3 False", "1 ack 6 False", "1 ack 7 False", "1 ack 9 False", "1 ack 5 True"], _conversation.Settle().TakeLines());
    }

    [Theory]
    [InlineData(1, 1, true, 2, 2, true, "1 ack 2 True")]
    [InlineData(2, 2, false, 1, 1, true, "1 ack 2 False", "1 ack 1 False")]
    [InlineData(1, 1, false, 2, 2, true, "1 ack 2 True")]
    [InlineData(1, 2, true, 3, 3, false, "1 ack 3 False", "1 ack 2 True")]
    public void A_confirm_that_stands_for_one_message_is_not_multiple(
        ulong first, ulong last, bool allBefore, ulong nextFirst, ulong nextLast, bool allBeforeNext, params string[] expected)
    {
        var script = new ClientScript().Method(1, new ConfirmSelect(false));
        for (var times = 0; times < 4; times++)
            script.Publish(1, "e", "k", "m"u8);
        _conversation.Exchange(script).TakeFrames();
        var channel = _conversation.Session.ConfirmChannels[0];

        _conversation.Connection.OnConfirm(channel, first, last, negative: false, allBefore);
        _conversation.Connection.OnConfirm(channel, nextFirst, nextLast, negative: false, allBeforeNext);
        Assert.Equal(expected, _conversation.Settle().TakeLines());

        // What left before has no part in what follows.
        _conversation.Connection.OnConfirm(channel, 4, 4, negative: false, allBefore: true);
        Assert.Equal(["1 ack 4 False"], _conversation.Settle().TakeLines());
    }

    [Fact]
    public void Publish_tags_begin_with_one_at_confirm_select_and_anew_in_a_new_channel()
    {
        _conversation.Exchange(new ClientScript()
            .Publish(1, "e", "k", "0"u8).Method(1, new ConfirmSelect(true)).Publish(1, "e", "k", "1"u8)
            .Method(1, new ConfirmSelect(true)).Publish(1, "e", "k", "2"u8)
            .Method(1, new ChannelClose(ReplyCode.Success, "", 0, 0)).Method(1, new ChannelOpen())
            .Method(1, new ConfirmSelect(false)).Publish(1, "e", "k", "1"u8)).TakeFrames();
        var ids = _conversation.Session.ConfirmChannels;
        Assert.Equal(
            ["publish e/k None 0 0 0000  0", "publish e/k None 0 1 0000  1", "publish e/k None 0 2 0000  2", $"forget-confirms {ids[0]}", "publish e/k None 0 1 0000  1"],
            _conversation.TakeCalls().Skip(1));

        // A confirm of the old channel that comes late is not taken for one of the new.
        _conversation.Connection.OnConfirm(ids[0], 1, 1, negative: false, allBefore: true);
        Assert.Empty(_conversation.Settle().TakeLines());
        _conversation.Connection.OnConfirm(ids[2], 1, 1, negative: false, allBefore: true);
        Assert.Equal(["1 ack 1 False"], _conversation.Settle().TakeLines());
    }

    [Fact]
    public void Confirms_leave_before_the_answer_to_a_close()
    {
        _conversation.Exchange(new ClientScript().Method(1, new ConfirmSelect(true)).Publish(1, "e", "k", "m"u8));
        _conversation.Connection.OnConfirm(_conversation.Session.ConfirmChannels[0], 1, 1, negative: false, allBefore: true);

        _conversation.Exchange(new ChannelClose(ReplyCode.Success, "", 0, 0));

        Assert.Equal(["1 ack 1 False", "1 channel.close-ok"], _conversation.TakeLines());
    }

    [Fact]
    public void A_claimed_body_size_costs_no_memory_until_the_body_arrives()
    {
        var claims = new ClientScript();
        for (ushort channel = 2; channel < 1000; channel++)
        {
            claims.Method(channel, new ChannelOpen()).Method(channel, new BasicPublish("e"u8, "k"u8, false, false))
                .Header(channel, 16 * 1024 * 1024, ClientScript.NoProperties.ToArray());
        }

        var bytes = claims.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        _conversation.Receive(bytes);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 * 1024 * 1024);
    }

    [Fact]
    public void Unfinished_messages_on_many_channels_are_limited_together()
    {
        var conversation = Conversation.Opened(new Amqp091ConnectionSettings { UnfinishedContentBytesMax = 1_100_000 });
        for (ushort channel = 2; channel < 11; channel++)
        {
            conversation.Exchange(new ClientScript().Method(channel, new ChannelOpen())
                .Publish(channel, "e", "k", new byte[150_000])
                .Method(channel, new BasicPublish("e"u8, "k"u8, false, false))
                .Header(channel, 200_000, ClientScript.NoProperties.ToArray()).Body(channel, new byte[100_000]));
        }

        Assert.Equal(ConnectionCloseState.Open, conversation.Connection.CloseState);
        conversation.Exchange(new ClientScript().Body(2, new byte[100_000]).Body(3, new byte[99_999])).TakeFrames();
        Assert.Equal(10, conversation.Session.PublishCount);

        conversation.Exchange(new ClientScript().Body(4, new byte[99_999]).Body(5, new byte[99_999]));

        Assert.Equal(
            ["0 connection.close 506 RESOURCE_ERROR - unfinished messages on all channels are larger than 1100000 bytes (60,40)"], conversation.TakeLines());
    }

    [Fact]
    public void A_publish_that_lies_whole_in_a_read_allocates_nothing()
    {
        var script = new ClientScript().Method(1, new ConfirmSelect(true));
        for (var times = 0; times < 500; times++)
            script.Publish(1, "e", $"{times % 3}", "0123456789abcdef"u8, new BasicProperties { DeliveryMode = 2 });
        var bytes = script.ToArray();
        _conversation.Session.IsSilent = true;

        long reads = 0;
        long consumed = 0;
        var allocated = Allocation.Of(() =>
        {
            reads++;
            consumed += _conversation.Connection.OnBytes(bytes, 0, bytes.Length, 0);
        });

        Assert.Equal(reads * bytes.Length, consumed);
        Assert.Equal(reads * 500, _conversation.Session.PublishCount);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Ever_new_routing_keys_are_served_with_bounded_memory()
    {
        _conversation.Session.IsSilent = true;
        for (var round = 0; round < 20; round++)
        {
            var script = new ClientScript();
            for (var key = 0; key < 1000; key++)
                script.Publish(1, "e", $"{round}.{key}", "m"u8);
            _conversation.Exchange(script);
        }

        Assert.Equal(20_000, _conversation.Session.PublishCount);
        Assert.Equal(ConnectionCloseState.Open, _conversation.Connection.CloseState);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("+5")]
    [InlineData("-0")]
    [InlineData("007")]
    [InlineData("315360000000")]
    public void A_message_with_a_lifetime_is_marked_for_the_queue(string lifetime)
    {
        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "m"u8, new BasicProperties { Expiration = lifetime }));

        Assert.Contains("publish e/k Expires 0 0 ", _conversation.TakeCalls()[1], StringComparison.Ordinal);
        Assert.Empty(_conversation.TakeLines());
    }

    [Fact]
    public void An_impersonator_publishes_in_any_name()
    {
        _conversation.Session.IsImpersonator = true;

        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "m"u8, new BasicProperties { UserId = "other" }));

        Assert.Equal(1, _conversation.Session.PublishCount);
        Assert.Empty(_conversation.TakeLines());
    }
}
