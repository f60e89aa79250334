using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

public sealed class TransactionTests
{
    private readonly Conversation _conversation = Selected();

    [Fact]
    public void Publishes_and_acknowledgements_take_effect_with_the_commit()
    {
        var consumer = Deliver(5);
        _conversation.Exchange(new ClientScript()
            .Publish(1, "e", "k", "one"u8, new BasicProperties { DeliveryMode = 2 }).Publish(1, "e", "l", new byte[70_000])
            .Method(1, new BasicAck(2, true)).Method(1, new BasicReject(4, true)).Method(1, new BasicNack(3, false, false)));
        Assert.DoesNotContain(_conversation.TakeCalls(), call => call.StartsWith("publish", StringComparison.Ordinal) || call.StartsWith("settle", StringComparison.Ordinal));

        _conversation.Receive(new ClientScript().Method(1, new TxCommit()).Method(1, new BasicQos(0, 1, false)).ToArray());
        Assert.StartsWith(
            $"commit publish e/k Persistent one, publish e/l None 70000:", Assert.Single(_conversation.Session.Calls), StringComparison.Ordinal);
        Assert.EndsWith(
            $", settle {consumer} Accepted 0+2, settle {consumer} Failed 3+1, settle {consumer} Rejected 2+1", _conversation.TakeCalls()[0], StringComparison.Ordinal);
        Assert.Empty(_conversation.TakeLines());

        Assert.Equal(["1 tx.commit-ok", "1 basic.qos-ok"], _conversation.Settle().TakeLines());
        _conversation.Exchange(new TxCommit());
        Assert.Equal(["commit "], _conversation.TakeCalls());
        Assert.Equal(["1 tx.commit-ok"], _conversation.TakeLines());
    }

    [Fact]
    public void A_rollback_drops_the_publishes_and_leaves_deliveries_unacknowledged()
    {
        var consumer = Deliver(6);
        _conversation.Exchange(new ClientScript()
            .Publish(1, "e", "k", "one"u8).Method(1, new BasicAck(4, false)).Method(1, new BasicAck(2, true)).Method(1, new TxRollback()));
        Assert.Equal(["1 tx.rollback-ok"], _conversation.TakeLines());
        _conversation.TakeCalls();

        _conversation.Exchange(new ClientScript().Method(1, new BasicAck(6, true)).Method(1, new TxCommit()));

        Assert.Equal([$"commit settle {consumer} Accepted 0+6"], _conversation.TakeCalls());
        Assert.Equal(["1 tx.commit-ok"], _conversation.TakeLines());
    }

    [Fact]
    public void A_delivery_is_acknowledged_once_in_a_transaction_too()
    {
        Deliver(2);

        _conversation.Exchange(new ClientScript().Method(1, new BasicAck(1, false)).Method(1, new BasicAck(1, false)));

        Assert.Equal(["1 channel.close 406 PRECONDITION_FAILED - unknown delivery tag 1 (60,80)"], _conversation.TakeLines());
        Assert.DoesNotContain(_conversation.TakeCalls(), call => call.StartsWith("settle", StringComparison.Ordinal));
    }

    [Fact]
    public void An_acknowledgement_makes_no_room_before_its_commit()
    {
        _conversation.Exchange(new BasicQos(0, 2, true)).TakeFrames();
        var consumer = Deliver(2);
        _conversation.TakeCalls();

        _conversation.Exchange(new BasicAck(2, true));
        Assert.Empty(_conversation.TakeCalls());
        _conversation.Exchange(new TxCommit());

        Assert.Equal([$"commit settle {consumer} Accepted 0+2", $"active {consumer} 1"], _conversation.TakeCalls());
    }

    [Fact]
    public void A_cancelled_consumer_is_forgotten_once_what_it_got_is_committed()
    {
        var consumer = Deliver(1);
        _conversation.Exchange(new ClientScript().Method(1, new BasicCancel("t", true)).Method(1, new BasicAck(1, false)));
        Assert.Equal([$"stop {consumer}"], _conversation.TakeCalls());

        _conversation.Exchange(new TxCommit());

        Assert.Equal([$"commit settle {consumer} Accepted 0+1", $"close {consumer}"], _conversation.TakeCalls());
    }

    [Fact]
    public void What_no_queue_takes_is_returned_at_the_commit()
    {
        _conversation.Session.IsRoutable = false;
        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "back"u8, mandatory: true).Publish(1, "e", "k", "lost"u8));
        Assert.Empty(_conversation.TakeLines());

        _conversation.Exchange(new TxCommit());

        Assert.Equal(["1 basic.return", "1 Header 003C000000000000000000040000", "1 Body 6261636B", "1 tx.commit-ok"], _conversation.TakeLines());
    }

    [Fact]
    public void What_was_routed_to_queues_that_are_gone_at_the_commit_is_returned_in_its_place()
    {
        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "a"u8, mandatory: true).Publish(1, "e", "k", "b"u8));
        _conversation.Session.IsRoutable = false;
        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "c"u8, mandatory: true));
        _conversation.Session.IsStillRouted = false;
        Assert.Empty(_conversation.TakeLines());

        _conversation.Exchange(new TxCommit());

        Assert.Equal(
            [
                "1 basic.return", "1 Header 003C000000000000000000010000", "1 Body 61",
                "1 basic.return", "1 Header 003C000000000000000000010000", "1 Body 63", "1 tx.commit-ok",
            ],
            _conversation.TakeLines());
    }

    [Fact]
    public void A_commit_that_a_queue_fails_closes_the_channel()
    {
        _conversation.Session.CommitFails = true;

        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "m"u8).Method(1, new TxCommit()));

        Assert.Equal(["1 channel.close 406 PRECONDITION_FAILED - partial tx completion (90,20)"], _conversation.TakeLines());
    }

    [Fact]
    public void Selecting_twice_is_no_error_and_confirms_are_no_part_of_it()
    {
        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "m"u8).Method(1, new TxSelect()).Method(1, new TxCommit()));
        Assert.Equal(["1 tx.select-ok", "1 tx.commit-ok"], _conversation.TakeLines());
        Assert.Equal("commit publish e/k None m", _conversation.TakeCalls()[^1]);

        Assert.Equal(
            ["1 channel.close 406 PRECONDITION_FAILED - cannot switch from tx to confirm mode (85,10)"],
            _conversation.Exchange(new ConfirmSelect(false)).TakeLines());
    }

    [Fact]
    public void Recover_gives_back_at_once_what_the_transaction_has_not_acknowledged()
    {
        var consumer = Deliver(3);
        _conversation.Exchange(new ClientScript().Method(1, new BasicAck(2, false)).Method(1, new BasicRecover(true)));
        Assert.Equal([$"settle {consumer} Requeued 0+1", $"settle {consumer} Requeued 2+1"], _conversation.TakeCalls());
        _conversation.TakeFrames();

        _conversation.Exchange(new TxRollback());
        _conversation.Exchange(new ClientScript().Method(1, new BasicAck(2, false)).Method(1, new TxCommit()));

        Assert.Equal([$"commit settle {consumer} Accepted 1+1"], _conversation.TakeCalls());
    }

    [Fact]
    public void What_is_not_committed_is_bounded_over_all_channels_and_freed_with_them()
    {
        var conversation = Selected(new Amqp091ConnectionSettings { UncommittedBytesMax = 250_000 });
        conversation.Exchange(new ClientScript()
            .Method(2, new ChannelOpen()).Method(2, new TxSelect())
            .Publish(1, "e", "k", new byte[100_000]).Publish(2, "e", "k", new byte[100_000])).TakeFrames();

        conversation.Exchange(new ClientScript().Publish(1, "e", "k", new byte[50_000]));
        Assert.Equal(
            ["1 channel.close 406 PRECONDITION_FAILED - uncommitted messages on all channels are larger than 250000 bytes (60,40)"], conversation.TakeLines());

        for (var round = 0; round < 10; round++)
            conversation.Exchange(new ClientScript().Publish(2, "e", "k", new byte[100_000]).Method(2, new TxCommit()));
        Assert.All(conversation.TakeLines(), line => Assert.Equal("2 tx.commit-ok", line));
    }

    [Fact]
    public void Too_many_routing_keys_for_one_transaction_close_the_channel()
    {
        var script = new ClientScript();
        for (var key = 0; key < 1001; key++)
            script.Publish(1, "e", $"{key}", "m"u8);

        Assert.Equal(
            ["1 channel.close 406 PRECONDITION_FAILED - too many different routing keys in one transaction (60,40)"],
            _conversation.Exchange(script).TakeLines());
    }

    [Fact]
    public void A_channel_that_closes_with_work_uncommitted_does_none_of_it()
    {
        var consumer = Deliver(1);
        _conversation.Exchange(new ClientScript()
            .Publish(1, "e", "k", "m"u8).Method(1, new BasicAck(1, false)).Method(1, new ChannelClose(ReplyCode.Success, "", 0, 0)));

        Assert.Equal(["target e/k", $"close {consumer}"], _conversation.TakeCalls());
    }

    private static Conversation Selected(Amqp091ConnectionSettings? settings = null)
    {
        var conversation = Conversation.Opened(settings);
        conversation.Exchange(new TxSelect());
        Assert.Equal(["1 tx.select-ok"], conversation.TakeLines());
        return conversation;
    }

    private int Deliver(int count)
    {
        var consumer = _conversation.Consume("t");
        _conversation.Deliver(consumer, 0, count);
        _conversation.Settle().TakeFrames();
        return consumer;
    }
}
