using System.Text;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

public sealed class DirectReplyTests
{
    private const string Queue = "amq.rabbitmq.reply-to";

    private readonly Conversation _conversation = Conversation.Opened();

    [Fact]
    public void A_request_carries_the_name_of_its_channels_consumer()
    {
        Consume("t");
        var properties = new BasicProperties { ContentType = "text/plain", CorrelationId = "7", ReplyTo = Queue, MessageId = "id" };
        _conversation.TakeCalls();

        _conversation.Exchange(new ClientScript().Publish(1, "", "rpc", "ask"u8, properties).Publish(1, "", "rpc", new byte[100_000], properties));

        var expected = Convert.ToHexString((properties with { ReplyTo = Queue + ".1" }).ToArray());
        var calls = _conversation.TakeCalls();
        Assert.Equal($"publish /rpc None 0 0 {expected}  ask", calls[1]);
        Assert.StartsWith($"publish /rpc None 0 0 {expected}  100000:", calls[2], StringComparison.Ordinal);
        Assert.Empty(_conversation.TakeLines());
    }

    [Fact]
    public void A_request_that_no_queue_takes_comes_back()
    {
        Consume("t");
        _conversation.Session.IsRoutable = false;

        _conversation.Exchange(new ClientScript().Publish(1, "", "rpc", "ask"u8, new BasicProperties { ReplyTo = Queue }, mandatory: true));

        Assert.Equal(MethodId.BasicReturn, _conversation.TakeFrames()[0].Id);
    }

    [Fact]
    public void Replies_are_deliveries_without_acknowledgement_and_give_their_room_back()
    {
        var consumer = Consume("t");
        _conversation.Deliver(consumer, 0, 1, new string('r', 400_000));
        var deliver = BasicDeliver.Read(_conversation.Settle().TakeFrames()[0].Payload);

        Assert.Equal(("t", 1UL, false), (Encoding.UTF8.GetString(deliver.ConsumerTag), deliver.DeliveryTag, deliver.Redelivered));
        Assert.Equal([$"open-replies {consumer}", $"grant {consumer} 400014"], _conversation.TakeCalls());
        Assert.Equal(
            ["1 channel.close 406 PRECONDITION_FAILED - unknown delivery tag 1 (60,80)"], _conversation.Exchange(new BasicAck(1, false)).TakeLines());
    }

    [Fact]
    public void A_channel_has_one_reply_consumer_and_another_once_it_is_cancelled()
    {
        Consume("t");
        _conversation.Exchange(new BasicCancel("t", false));
        Assert.Equal(["1 basic.cancel-ok"], _conversation.TakeLines());
        Assert.Equal(["open-replies 1", "stop 1", "close 1"], _conversation.TakeCalls());
        Consume("u");

        _conversation.Exchange(new BasicConsume(Queue, "v", false, true, false, false, []));

        Assert.Equal(["1 channel.close 406 PRECONDITION_FAILED - reply consumer already set (60,20)"], _conversation.TakeLines());
        Assert.Equal(["open-replies 2", "close 2"], _conversation.TakeCalls());
    }

    [Fact]
    public void A_request_after_the_consumer_was_cancelled_is_refused()
    {
        Consume("t");
        _conversation.Exchange(new BasicCancel("t", false)).TakeFrames();

        _conversation.Exchange(new ClientScript().Publish(1, "", "rpc", "ask"u8, new BasicProperties { ReplyTo = Queue }));

        Assert.Equal(["1 channel.close 406 PRECONDITION_FAILED - fast reply consumer does not exist (60,40)"], _conversation.TakeLines());
    }

    [Fact]
    public void The_reply_consumers_tag_is_taken_like_any_other()
    {
        Consume("t");

        _conversation.Exchange(new BasicConsume("q", "t", false, true, false, false, []));

        Assert.Equal(["0 connection.close 530 NOT_ALLOWED - attempt to reuse consumer tag 't' (60,20)"], _conversation.TakeLines());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_declaration_asks_whether_someone_still_waits(bool passive)
    {
        _conversation.Exchange(new ClientScript()
            .Method(1, new QueueDeclare(Queue, passive, false, false, false, false, []))
            .Method(1, new QueueDeclare(Queue + ".x.y.z", passive, false, false, false, false, [])));
        var declared = _conversation.TakeFrames().ConvertAll(frame => QueueDeclareOk.Read(frame.Payload));
        Assert.Equal([(Queue, 0U, 1U), (Queue + ".x.y.z", 0U, 1U)], declared.Select(ok => (ok.Queue, ok.MessageCount, ok.ConsumerCount)));
        Assert.Equal(["find-replies amq.rabbitmq.reply-to.x.y.z"], _conversation.TakeCalls());

        _conversation.Session.Refusal = new Refusal(RefusalReason.NotFound, "no queue 'x' in vhost '/'");
        _conversation.Exchange(new QueueDeclare(Queue + ".x", passive, false, false, false, false, []));
        Assert.Equal(["1 channel.close 404 NOT_FOUND - no queue 'x' in vhost '/' (50,10)"], _conversation.TakeLines());
    }

    private int Consume(string tag)
    {
        _conversation.Exchange(new BasicConsume(Queue, tag, false, true, false, false, []));
        Assert.Equal(["1 basic.consume-ok"], _conversation.TakeLines());
        return _conversation.Session.ConsumerIds[^1];
    }
}
