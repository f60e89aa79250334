using System.Text;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

public sealed class ConsumingTests
{
    private readonly Conversation _conversation = Conversation.Opened();

    [Fact]
    public void A_consumer_starts_with_its_prefetch_and_a_tag_of_the_servers_where_it_has_none()
    {
        _conversation.Exchange(new ClientScript()
            .Method(1, new BasicQos(0, 20, false)).Method(1, new BasicConsume("q", "", false, true, true, false, []))
            .Method(1, new BasicQos(0, 0, false)).Method(1, new BasicConsume("q", "t", false, false, false, true, [])));

        var frames = _conversation.TakeFrames();
        var tag = BasicConsumeOk.Read(frames[1].Payload).ConsumerTag;
        Assert.StartsWith("amq.ctag-", tag, StringComparison.Ordinal);
        Assert.Equal(["1 basic.qos-ok", "1 basic.consume-ok", "1 basic.qos-ok"], frames.ConvertAll(frame => frame.ToString()));
        Assert.Equal([$"start q 1 {tag} 11 20 []", "start q 2 t 00 0 []"], _conversation.TakeCalls());
    }

    [Fact]
    public void A_channel_has_no_more_consumers_than_it_may()
    {
        var conversation = Conversation.Opened(new Amqp091ConnectionSettings { ConsumersPerChannelMax = 2 });
        conversation.Consume("a");
        conversation.Consume("b");
        conversation.Exchange(new BasicCancel("a", false)).TakeFrames();
        conversation.Consume("c");
        conversation.TakeFrames();

        conversation.Exchange(new BasicConsume("q", "d", false, false, false, false, []));

        Assert.Equal(["0 connection.close 530 NOT_ALLOWED - reached maximum (2) of consumers per channel (60,20)"], conversation.TakeLines());
    }

    [Fact]
    public void A_connection_with_many_consumers_has_less_under_way_to_each_and_more_again_when_they_are_gone()
    {
        var conversation = Conversation.Opened(new Amqp091ConnectionSettings { ConsumerWindowBytes = 1_000_000 });
        for (var i = 1; i <= 1000; i++)
            conversation.Consume($"t{i}");
        var windows = conversation.Session.Windows;
        Assert.Equal([1_000_000, 888_888, 80_000, 8000], [windows[7], windows[8], windows[99], windows[999]]);
        Assert.InRange(windows.Sum(), 40_000_000, 50_000_000);

        for (var i = 8; i <= 1000; i++)
            conversation.Exchange(new BasicCancel($"t{i}", false)).TakeFrames();
        conversation.Consume("t");

        Assert.Equal(1_000_000, windows[^1]);
    }

    [Fact]
    public void A_consumer_tag_is_used_once_in_a_channel()
    {
        _conversation.Consume("t");
        _conversation.Exchange(new ClientScript().Method(2, new ChannelOpen())).TakeFrames();
        _conversation.Consume("t", channel: 2);

        _conversation.Exchange(new BasicConsume("q", "t", false, false, false, false, []));

        Assert.Equal(["0 connection.close 530 NOT_ALLOWED - attempt to reuse consumer tag 't' (60,20)"], _conversation.TakeLines());
    }

    [Fact]
    public void A_refused_consumer_leaves_its_tag_free()
    {
        _conversation.Session.Refusal = new Refusal(RefusalReason.AccessRefused, "queue 'q' in vhost '/' in exclusive use");
        _conversation.Exchange(new BasicConsume("q", "t", false, false, false, false, []));
        Assert.Equal(["1 channel.close 403 ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use (60,20)"], _conversation.TakeLines());
        Assert.DoesNotContain("close 1", _conversation.TakeCalls());

        _conversation.Session.Refusal = null;
        _conversation.Exchange(new ClientScript().Method(1, new ChannelCloseOk()).Method(1, new ChannelOpen())).TakeFrames();
        Assert.Equal(2, _conversation.Consume("t"));
    }

    [Fact]
    public void Deliveries_decode_to_what_was_published()
    {
        var consumer = _conversation.Consume("tag");
        var properties = new BasicProperties { MessageId = "id", DeliveryMode = 2 };
        var small = Encoding.UTF8.GetBytes("small");
        var medium = new byte[20_000];
        var large = new byte[300_000];
        new Random(1).NextBytes(medium);
        new Random(2).NextBytes(large);

        _conversation.Connection.OnDeliveries(consumer, [
            Conversation.Segment(10, 2, small, redelivered: true, properties.ToArray()), Conversation.Segment(12, 1, [], properties: properties.ToArray()),
            Conversation.Segment(13, 1, medium, properties: properties.ToArray()), Conversation.Segment(14, 1, large, properties: properties.ToArray())]);
        var frames = _conversation.Settle().TakeFrames();

        byte[][] bodies = [small, small, [], medium, large];
        var next = 0;
        for (var index = 0; index < bodies.Length; index++)
        {
            var deliver = BasicDeliver.Read(frames[next++].Payload);
            Assert.Equal(("tag", (ulong)index + 1, index < 2), (Encoding.UTF8.GetString(deliver.ConsumerTag), deliver.DeliveryTag, deliver.Redelivered));
            Assert.Equal("ex/key", $"{Encoding.UTF8.GetString(deliver.Exchange)}/{Encoding.UTF8.GetString(deliver.RoutingKey)}");
            var header = ContentHeader.Read(frames[next++].Payload);
            Assert.Equal((ulong)bodies[index].Length, header.BodySize);
            Assert.Equal(properties.ToArray(), header.Properties);
            var body = new List<byte>();
            while (next < frames.Count && frames[next].Type == FrameType.Body)
            {
                Assert.InRange(frames[next].Payload.Length, 1, 131_072 - Frame.Overhead);
                body.AddRange(frames[next++].Payload);
            }

            Assert.Equal(bodies[index], body);
        }

        Assert.Equal(frames.Count, next);
        Assert.Equal(medium.Length + large.Length, _conversation.Output.BorrowedBytes);
    }

    [Fact]
    public void Output_keeps_to_its_budget_and_lets_consumers_take_turns()
    {
        var first = _conversation.Consume("a");
        var second = _conversation.Consume("b");
        _conversation.Deliver(first, 0, 200, new string('x', 1000));
        _conversation.Deliver(second, 0, 200, new string('y', 1000));

        _conversation.Connection.WriteOutput(_conversation.Output, 100_000);

        Assert.InRange(_conversation.Output.Written.Length, 100_000, 101_200);
        var tags = _conversation.TakeFrames().Where(frame => frame.Id == MethodId.BasicDeliver)
            .Select(frame => Encoding.UTF8.GetString(BasicDeliver.Read(frame.Payload).ConsumerTag)).ToHashSet();
        Assert.Equal(["a", "b"], tags.Order());
        Assert.True(_conversation.Connection.HasOutput);
    }

    [Fact]
    public void Room_in_the_window_is_given_back_in_steps_once_deliveries_have_left()
    {
        var consumer = _conversation.Consume("t", noAck: true);
        for (var position = 0; position < 8; position++)
        {
            _conversation.Deliver(consumer, position, 1, new string('x', 50_000));
            _conversation.Settle();
        }

        // Six records of 50,014 bytes are more than a quarter of 1 MiB.
        Assert.Equal([$"grant {consumer} {6 * 50_014}"], _conversation.TakeCalls());
    }

    [Fact]
    public void After_cancel_ok_there_are_no_deliveries_but_those_before_may_be_settled()
    {
        var consumer = _conversation.Consume("t");
        _conversation.Deliver(consumer, 5, 1);

        _conversation.Exchange(new BasicCancel("t", false));
        Assert.Equal(["1 basic.deliver", "1 Header 003C000000000000000000010000", "1 Body 6D", "1 basic.cancel-ok"], _conversation.TakeLines());
        Assert.Equal([$"stop {consumer}"], _conversation.TakeCalls());

        _conversation.Exchange(new BasicAck(1, false));
        Assert.Equal([$"settle {consumer} Accepted 5+1", $"close {consumer}"], _conversation.TakeCalls());
    }

    [Fact]
    public void Cancelling_an_unknown_consumer_is_answered()
    {
        Assert.Equal(["1 basic.cancel-ok"], _conversation.Exchange(new BasicCancel("nobody", false)).TakeLines());
        Assert.Empty(_conversation.Exchange(new BasicCancel("nobody", true)).TakeLines());
    }

    [Fact]
    public void A_consumer_whose_queue_is_gone_is_cancelled_by_the_server()
    {
        var consumer = _conversation.Consume("t");
        _conversation.Deliver(consumer, 0, 1);
        _conversation.Settle().TakeFrames();

        _conversation.Connection.OnConsumerCancelled(consumer);

        var cancel = BasicCancel.Read(Assert.Single(_conversation.Settle().TakeFrames()).Payload);
        Assert.Equal(new BasicCancel("t", true), cancel);
        _conversation.Exchange(new BasicAck(1, false));
        Assert.Empty(_conversation.TakeLines());
        Assert.Empty(_conversation.TakeCalls());
    }

    [Fact]
    public void A_client_that_does_not_know_of_cancels_hears_none()
    {
        var conversation = new Conversation();
        conversation.Exchange(new ClientScript().Raw(ProtocolHeader.Bytes).StartOk(capable: false).TuneOk()
            .Method(0, new ConnectionOpen("/")).Method(1, new ChannelOpen())).TakeFrames();
        var consumer = conversation.Consume("t");

        conversation.Connection.OnConsumerCancelled(consumer);

        Assert.Empty(conversation.Settle().TakeFrames());
    }

    [Fact]
    public void A_delivery_that_was_not_acknowledged_in_time_ends_its_channel_alone()
    {
        var consumer = _conversation.Consume("t");
        var other = _conversation.Consume("u");
        _conversation.Deliver(consumer, 0, 1);
        _conversation.Settle().TakeFrames();

        _conversation.Connection.OnConsumerTimedOut(consumer, 1_800_000);
        _conversation.Connection.OnConsumerTimedOut(consumer, 1_800_000);

        Assert.Equal(
            ["1 channel.close 406 PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value used: 1800000 ms. "
                + "This timeout value can be configured, see consumers doc guide to learn more (0,0)"],
            _conversation.Settle().TakeLines());
        Assert.Equal([$"close {consumer}", $"close {other}"], _conversation.TakeCalls());
        Assert.Equal(ConnectionCloseState.Open, _conversation.Connection.CloseState);
    }

    [Fact]
    public void Get_is_answered_with_a_message_or_with_nothing()
    {
        _conversation.Session.GetReply = new GetReply(null, null, 0);
        Assert.Equal(["1 basic.get-empty"], _conversation.Exchange(new BasicGet("q", false)).TakeLines());

        _conversation.Session.GetReply = new GetReply(null, Conversation.Segment(8, 1, [65], redelivered: true), 41);
        var frames = _conversation.Exchange(new BasicGet("q", false)).TakeFrames();
        var ok = BasicGetOk.Read(frames[0].Payload);
        Assert.Equal((1UL, true, 41U), (ok.DeliveryTag, ok.Redelivered, ok.MessageCount));
        Assert.Equal(["1 Header 003C000000000000000000010000", "1 Body 41"], frames.Skip(1).Select(frame => frame.ToString()));

        _conversation.Exchange(new BasicReject(1, true));
        Assert.Equal(["get q 1 0", "get q 1 0", "settle 1 Failed 8+1"], _conversation.TakeCalls());
    }

    [Fact]
    public void A_message_got_without_acknowledgement_cannot_be_acknowledged()
    {
        _conversation.Session.GetReply = new GetReply(null, Conversation.Segment(8, 1, [65]), 0);
        _conversation.Exchange(new BasicGet("q", true)).TakeFrames();

        _conversation.Exchange(new BasicAck(1, false));

        Assert.Equal(["1 channel.close 406 PRECONDITION_FAILED - unknown delivery tag 1 (60,80)"], _conversation.TakeLines());
    }

    [Fact]
    public void Closing_a_channel_closes_its_consumers_and_getters_and_drops_what_was_not_sent()
    {
        var consumer = _conversation.Consume("t");
        _conversation.Session.GetReply = new GetReply(null, null, 0);
        _conversation.Exchange(new BasicGet("q", false)).TakeFrames();
        _conversation.TakeCalls();
        _conversation.Deliver(consumer, 0, 10);

        _conversation.Exchange(new ChannelClose(ReplyCode.Success, "", 0, 0));

        Assert.Equal(["1 channel.close-ok"], _conversation.TakeLines());
        Assert.Equal(["close 1", "close 2"], _conversation.TakeCalls().Order());
        _conversation.Deliver(consumer, 10, 10);
        Assert.False(_conversation.Connection.HasOutput);
    }

    [Fact]
    public void A_client_that_does_not_take_its_returns_has_to_wait()
    {
        _conversation.Session.IsRoutable = false;
        for (var times = 0; times < 12; times++)
            _conversation.Receive(new ClientScript().Publish(1, "e", "k", new byte[100_000], mandatory: true).ToArray());
        Assert.False(_conversation.Connection.WantsMoreInput);

        _conversation.Settle();
        Assert.True(_conversation.Connection.WantsMoreInput);
    }

    [Fact]
    public void Gets_are_answered_no_faster_than_the_client_takes_the_answers()
    {
        _conversation.Session.GetReply = new GetReply(null, Conversation.Segment(8, 1, new byte[300_000]), 0);
        var script = new ClientScript();
        for (var times = 0; times < 20; times++)
            script.Method(1, new BasicGet("q", true));
        script.Method(0, new ConnectionClose(ReplyCode.Success, "", 0, 0));

        _conversation.Receive(script.ToArray());
        _conversation.Session.AnswerAll();
        Assert.Equal(4, _conversation.TakeCalls().Count);
        Assert.False(_conversation.Connection.WantsMoreInput);

        while (_conversation.Connection.CloseState != ConnectionCloseState.Closed)
        {
            _conversation.Connection.WriteOutput(_conversation.Output, int.MaxValue);
            _conversation.Session.AnswerAll();
        }

        var answered = _conversation.Settle().TakeFrames().Count(frame => frame.Id == MethodId.BasicGetOk);
        Assert.Equal(20, answered);
    }

    [Fact]
    public void The_brokers_end_is_told_and_waits_for_the_answer()
    {
        _conversation.Consume("t");
        _conversation.Connection.Shutdown(ReplyCode.ConnectionForced, "broker forced connection closure with reason 'shutdown'");

        Assert.Equal(
            ["0 connection.close 320 CONNECTION_FORCED - broker forced connection closure with reason 'shutdown' (0,0)"], _conversation.Settle().TakeLines());
        Assert.Equal(10_000, _conversation.Connection.NextTimerMs);
        _conversation.Connection.OnTimer(10_000);
        Assert.Equal(ConnectionCloseState.Closed, _conversation.Connection.CloseState);
    }

    [Fact]
    public void Heartbeats_are_sent_when_nothing_else_was_and_missing_ones_end_the_connection()
    {
        Assert.Equal(30_000, _conversation.Connection.NextTimerMs);
        _conversation.Connection.OnTimer(29_999);
        Assert.False(_conversation.Connection.HasOutput);
        _conversation.Connection.OnTimer(30_000);
        Assert.Equal(["0 Heartbeat "], _conversation.Settle().TakeLines());
        Assert.Equal(60_000, _conversation.Connection.NextTimerMs);

        _conversation.NowMs = 50_000;
        _conversation.Exchange(new ClientScript().Raw(FrameWriter.Heartbeat));
        _conversation.Connection.OnTimer(169_999);
        Assert.Equal(ConnectionCloseState.Open, _conversation.Connection.CloseState);
        _conversation.Settle().TakeLines();
        _conversation.Connection.OnTimer(170_000);

        Assert.Equal(ConnectionCloseState.Closed, _conversation.Connection.CloseState);
        Assert.False(_conversation.Connection.HasOutput);
    }

    [Fact]
    public void A_client_that_is_not_read_from_is_not_taken_for_dead()
    {
        _conversation.Connection.OnInputWithheld(119_999);
        _conversation.Connection.OnTimer(120_000);
        Assert.Equal(ConnectionCloseState.Open, _conversation.Connection.CloseState);

        _conversation.Connection.OnTimer(239_999);
        Assert.Equal(ConnectionCloseState.Closed, _conversation.Connection.CloseState);
    }
}
