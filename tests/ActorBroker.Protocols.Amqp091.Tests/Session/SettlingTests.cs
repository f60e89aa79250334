using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;
using CsCheck;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

public sealed class SettlingTests
{
    private readonly Conversation _conversation = Conversation.Opened();

    [Fact]
    public void A_consumer_without_acknowledgements_does_not_count_but_waits_with_the_others_at_the_channels_limit()
    {
        _conversation.Exchange(new BasicQos(0, 1, true)).TakeFrames();
        var free = _conversation.Consume("free", noAck: true);
        var counted = _conversation.Consume("counted");
        _conversation.Deliver(free, 0, 2);
        _conversation.TakeCalls();

        _conversation.Deliver(counted, 2, 1);
        Assert.Equal([$"active {free} 0", $"active {counted} 0"], Activity());

        _conversation.Settle();
        _conversation.Exchange(new BasicAck(3, false));
        Assert.Equal([$"active {free} 1", $"active {counted} 1"], Activity());

        string[] Activity() => [.. _conversation.TakeCalls().Where(static call => call.StartsWith("active", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void Neighbouring_acknowledgements_of_one_read_are_one_settlement()
    {
        var consumer = _conversation.Consume("t");
        _conversation.Deliver(consumer, 100, 10);
        _conversation.Settle().TakeFrames();

        _conversation.Exchange(new ClientScript()
            .Method(1, new BasicAck(1, false)).Method(1, new BasicAck(2, false)).Method(1, new BasicAck(5, true))
            .Method(1, new BasicNack(7, false, true)).Method(1, new BasicReject(6, true)).Method(1, new BasicReject(8, false)));

        Assert.Equal(
            [$"settle {consumer} Accepted 100+5", $"settle {consumer} Requeued 106+1", $"settle {consumer} Failed 105+1", $"settle {consumer} Rejected 107+1"], _conversation.TakeCalls());
    }

    [Fact]
    public void Tag_zero_with_multiple_means_all_even_of_none()
    {
        _conversation.Exchange(new BasicAck(0, true));
        Assert.Empty(_conversation.TakeLines());
        var consumer = _conversation.Consume("t");
        _conversation.Deliver(consumer, 0, 3);
        _conversation.Settle().TakeFrames();

        _conversation.Exchange(new BasicNack(0, true, false));

        Assert.Equal([$"settle {consumer} Rejected 0+3"], _conversation.TakeCalls());
    }

    [Fact]
    public void Recover_requeues_what_is_unsettled_and_is_answered()
    {
        var consumer = _conversation.Consume("t");
        _conversation.Deliver(consumer, 0, 3);
        _conversation.Settle().TakeFrames();
        _conversation.Exchange(new BasicAck(2, false));
        _conversation.TakeCalls();

        _conversation.Exchange(new BasicRecover(true));
        Assert.Equal(["1 basic.recover-ok"], _conversation.TakeLines());
        Assert.Equal([$"settle {consumer} Requeued 0+1", $"settle {consumer} Requeued 2+1"], _conversation.TakeCalls());

        Assert.Empty(_conversation.Exchange(new BasicRecoverAsync(true)).TakeLines());
    }

    [Fact]
    public void A_delivery_is_acknowledged_once_and_not_without_acknowledgements()
    {
        _conversation.Deliver(_conversation.Consume("t"), 0, 2);
        _conversation.Settle().TakeFrames();

        Assert.Empty(_conversation.Exchange(new BasicAck(2, true)).TakeLines());
        Assert.Equal(
            ["1 channel.close 406 PRECONDITION_FAILED - unknown delivery tag 2 (60,80)"], _conversation.Exchange(new BasicAck(2, true)).TakeLines());
    }

    [Fact]
    public void What_a_failing_acknowledgement_follows_is_settled_before_the_consumers_are_closed()
    {
        var consumer = _conversation.Consume("t");
        _conversation.Deliver(consumer, 0, 2);
        _conversation.Settle().TakeFrames();

        _conversation.Exchange(new ClientScript().Method(1, new BasicAck(1, false)).Method(1, new BasicAck(9, false)));

        Assert.Equal([$"settle {consumer} Accepted 0+1", $"close {consumer}"], _conversation.TakeCalls());
    }

    [Fact]
    public void What_is_above_the_channels_limit_goes_back_and_the_consumers_are_held_until_there_is_room()
    {
        _conversation.Exchange(new BasicQos(0, 3, true)).TakeFrames();
        var first = _conversation.Consume("a");
        var second = _conversation.Consume("b");

        _conversation.Deliver(first, 0, 2);
        Assert.Empty(_conversation.TakeCalls());
        _conversation.Deliver(second, 50, 4);
        Assert.Equal([$"active {first} 0", $"active {second} 0", $"settle {second} Released 51+3"], _conversation.TakeCalls());
        Assert.Equal(3, _conversation.Settle().TakeFrames().Count(frame => frame.Id == MethodId.BasicDeliver));

        // Under way when the consumer was held back.
        _conversation.Deliver(first, 2, 1);
        Assert.Equal([$"settle {first} Released 2+1"], _conversation.TakeCalls());

        _conversation.Exchange(new BasicAck(1, false));
        var calls = _conversation.TakeCalls();
        Assert.Equal($"settle {first} Accepted 0+1", calls[0]);
        Assert.Equal([$"active {first} 1", $"active {second} 1"], calls.Skip(1).Order());
    }

    [Fact]
    public void Consumers_at_the_channels_limit_are_let_go_in_turn()
    {
        _conversation.Exchange(new BasicQos(0, 1, true)).TakeFrames();
        int[] consumers = [_conversation.Consume("a"), _conversation.Consume("b"), _conversation.Consume("c")];
        for (var round = 0; round < 6; round++)
        {
            _conversation.Deliver(consumers[round % 3], round, 1);
            _conversation.Settle().TakeFrames();
            _conversation.TakeCalls();

            _conversation.Exchange(new BasicAck((ulong)round + 1, false));
            Assert.Equal(
                [$"active {consumers[(round + 1) % 3]} 1", $"active {consumers[(round + 2) % 3]} 1", $"active {consumers[round % 3]} 1"],
                _conversation.TakeCalls().Skip(1));
        }
    }

    [Fact]
    public void The_channels_limit_may_be_changed_and_lifted_at_any_time()
    {
        var consumer = _conversation.Consume("a");
        _conversation.Deliver(consumer, 0, 5);
        _conversation.Exchange(new BasicQos(0, 5, true));
        _conversation.Exchange(new BasicQos(0, 6, true));
        _conversation.Exchange(new BasicQos(0, 2, true));
        _conversation.Exchange(new BasicQos(0, 0, true));

        Assert.Equal(
            [$"active {consumer} 0", $"active {consumer} 1", $"active {consumer} 0", $"active {consumer} 1"], _conversation.TakeCalls());
    }

    [Fact]
    public void The_channels_limit_is_kept_under_any_deliveries_and_settlements() =>
        Gen.Select(Gen.Int[1, 6], Gen.Select(Gen.Int[0, 5], Gen.Int[1, 8], Gen.Double[0, 1]).Array[1, 60]).Sample((limit, steps) =>
        {
            var conversation = Conversation.Opened();
            conversation.Exchange(new BasicQos(0, (ushort)limit, true)).TakeFrames();
            int[] consumers = [conversation.Consume("a"), conversation.Consume("b")];
            var active = new Dictionary<int, bool> { [consumers[0]] = true, [consumers[1]] = true };
            var position = new long[2];
            var unsettled = new List<ulong>();
            ulong lastTag = 0;
            foreach (var (kind, count, fraction) in steps)
            {
                var before = unsettled.Count;
                if (kind < 3)
                {
                    var index = kind % 2;
                    conversation.Deliver(consumers[index], position[index], count);
                    position[index] += count;
                }
                else if (unsettled.Count > 0)
                {
                    var tag = unsettled[(int)(fraction * (unsettled.Count - 1))];
                    conversation.Exchange(new BasicAck(tag, kind == 3));
                    unsettled.RemoveAll(other => other == tag || (kind == 3 && other < tag));
                }

                var delivered = conversation.Settle().TakeFrames().Where(frame => frame.Id == MethodId.BasicDeliver).ToArray();
                unsettled.AddRange(delivered.Select(frame => BasicDeliver.Read(frame.Payload).DeliveryTag));
                if (unsettled.Count > 0 && delivered.Length > 0)
                    Assert.Equal(lastTag += (ulong)delivered.Length, unsettled[^1]);
                if (kind < 3)
                    Assert.Equal(Math.Min(count, limit - before), delivered.Length);
                Assert.InRange(unsettled.Count, 0, limit);

                var calls = conversation.TakeCalls();
                var released = calls.Where(call => call.Contains(" Released ", StringComparison.Ordinal)).Sum(call => int.Parse(call.Split('+')[1], null));
                Assert.Equal(kind < 3 ? count - delivered.Length : 0, released);
                foreach (var call in calls.Where(call => call.StartsWith("active", StringComparison.Ordinal)))
                    active[int.Parse(call.Split(' ')[1], null)] = call.EndsWith('1');
                Assert.All(active.Values, isActive => Assert.Equal(unsettled.Count < limit, isActive));
            }
        }, iter: 200);
}
