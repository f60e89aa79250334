using System.Text;
using ActorBroker.Broker.Exchanges;
using ActorBroker.Broker.Tests.DeadLetters;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Protocols.Amqp091.Wire;
using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Exchanges;

/// <summary>What copies a history to a new destination, with the test as its exchange and probes as the queues.</summary>
public sealed class HistoryCopyTests : DeadLetterSpec
{
    private static readonly ExchangeKey Exchange = new("/", "h");
    private static readonly ExchangeDefinition Remembering = new(
        ExchangeTypes.RecentHistory, true, false, false, ArgumentTable.Of((ExchangeArguments.HistoryLength, ArgumentValue.FromInt32(3))));

    private readonly TestProbe _history;
    private readonly TestProbe _queue;

    public HistoryCopyTests()
    {
        _history = Queue("amq.stage.h");
        _queue = Queue("q");
        Tables.AddName("/", Destination.Queue("q"));
    }

    [Fact]
    public void A_queue_gets_what_is_there_in_order_and_as_it_was_and_then_what_came_meanwhile()
    {
        var copier = Copy(Destination.Queue("q"));
        Describe(2);
        ExpectStart();
        Deliver(copier, 10, "a", "b");
        var batch = Received(_queue, 1);
        Assert.Equal(["a", "b"], [Body(batch, 0), Body(batch, 1)]);
        Assert.Equal(("h", "key"), (batch.RouteOf(0).Exchange, batch.RouteOf(0).RoutingKey));
        ExpectNoMsg(0);
        Confirm(_queue, 1);
        Assert.Equal(new HistoryCopied(null), ExpectMsg<HistoryCopied>());
        Assert.Equal(batch[0].RecordLength + batch[1].RecordLength, _history.ExpectMsg<GrantCredit>().Bytes);

        Deliver(copier, 12, "c");
        Assert.Equal("c", Body(Received(_queue, 2)));
        copier.Tell(CopyTheRest.Instance);
        Describe(1);
        Confirm(_queue, 2);
        _history.ExpectMsg<GrantCredit>();
        ExpectNoMsg(0);
        Deliver(copier, 13, "d");
        Assert.Equal("d", Body(Received(_queue, 3)));
        Watch(copier);
        Confirm(_queue, 3);
        Assert.Equal(new HistoryCopied(null), ExpectMsg<HistoryCopied>());
        _history.ExpectMsg<GrantCredit>();
        _history.ExpectMsg<CloseConsumer>();
        ExpectTerminated(copier);
    }

    [Fact]
    public void Nothing_to_copy_is_copied_at_once()
    {
        var copier = Copy(Destination.Queue("q"));
        Describe(0);
        ExpectStart();
        ExpectMsg<HistoryCopied>();
        copier.Tell(CopyTheRest.Instance);
        Describe(0);
        Assert.Equal(new HistoryCopied(null), ExpectMsg<HistoryCopied>());
        _queue.ExpectNoMsg(0);
    }

    [Fact]
    public void What_is_more_than_the_exchange_remembers_is_passed_over()
    {
        var copier = Copy(Destination.Queue("q"));
        Describe(5);
        ExpectStart();
        Deliver(copier, 0, "a", "b", "c");
        Assert.Equal("c", Body(Received(_queue, 1)));
        Deliver(copier, 3, "d", "e");
        Received(_queue, 2);
        Confirm(_queue, 2);
        ExpectMsg<HistoryCopied>();
    }

    [Fact]
    public void A_history_that_is_not_there_is_empty()
    {
        var lost = ChildActorOf(HistoryCopyActor.Props(new ExchangeKey("/", "lost"), Remembering, Destination.Queue("q"), Services));
        var resolve = Region.FishForMessage<ResolveQueue>(static message => message.Queue.Name == "amq.stage.lost");
        lost.Tell(new QueueAnswered(resolve.RequestId, new Refusal(RefusalReason.NotFound, "no queue"), 0, 0));
        Assert.Equal(new HistoryCopied(null), ExpectMsg<HistoryCopied>());
        lost.Tell(CopyTheRest.Instance);
        Assert.Equal(new HistoryCopied(null), ExpectMsg<HistoryCopied>());
    }

    [Fact]
    public void What_cannot_be_read_any_more_is_not_waited_for()
    {
        var copier = Copy(Destination.Queue("q"));
        Describe(3);
        ExpectStart();
        Deliver(copier, 0, "a");
        Received(_queue, 1);
        Confirm(_queue, 1);
        _history.ExpectMsg<GrantCredit>();
        ExpectNoMsg(0);
        Pass(1);
        Describe(0);
        ExpectMsg<HistoryCopied>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_copy_that_fails_refuses_the_binding_and_leaves_the_history_alone(bool bySource)
    {
        var copier = Copy(Destination.Queue("q"));
        Watch(copier);
        Describe(1);
        ExpectStart();
        Deliver(copier, 0, "a");
        Received(_queue, 1);
        if (bySource)
        {
            copier.Tell(new ConsumerCancelled(1));
        }
        else
        {
            _queue.Reply(new PublishFailed(1, 1));
        }

        Assert.Equal(RefusalReason.Unavailable, ExpectMsg<HistoryCopied>().Refusal?.Reason);
        _history.ExpectMsg<CloseConsumer>();
        ExpectTerminated(copier);
    }

    [Fact]
    public void A_queue_that_refuses_or_has_gone_fails_nothing()
    {
        var copier = Copy(Destination.Queue("q"));
        Describe(1);
        ExpectStart();
        Deliver(copier, 0, "a");
        Received(_queue, 1);
        _queue.Reply(new PublishRejected(1, [0]));
        Confirm(_queue, 1);
        Assert.Equal(new HistoryCopied(null), ExpectMsg<HistoryCopied>());
        Tables.RemoveName("/", Destination.Queue("q"));
        Deliver(copier, 1, "b");
        copier.Tell(CopyTheRest.Instance);
        _history.ExpectMsg<GrantCredit>();
        _history.ExpectMsg<GrantCredit>();
        Describe(0);
        Assert.Equal(new HistoryCopied(null), ExpectMsg<HistoryCopied>());
    }

    [Fact]
    public void An_exchange_routes_the_copies_by_their_keys_but_not_back()
    {
        var copied = Queue("copied");
        Tables.AddName("/", Destination.Exchange("h"));
        Tables.AddName("/", Destination.Exchange("d"));
        Tables.SetRoutes(
            new ExchangeKey("/", "d"), new ExchangeDefinition(ExchangeTypes.Direct, true, false, false, ArgumentTable.Empty),
            [
                new Binding(Destination.Queue("q"), "key", ArgumentTable.Empty),
                new Binding(Destination.Queue("copied"), "copy", ArgumentTable.Empty),
                new Binding(Destination.Exchange("h"), "key", ArgumentTable.Empty),
            ]);
        var copier = Copy(Destination.Exchange("d"));
        Describe(1);
        ExpectStart();
        var cc = ArgumentTable.Of(("CC", ArgumentValue.FromArray(ArgumentValue.FromString("copy"))));
        copier.Tell(Delivery(0, new BasicProperties { Headers = cc }.ToArray(), "a"), _history.Ref);
        Assert.Equal("a", Body(Received(_queue, 1)));
        Assert.Equal("a", Body(Received(copied, 1)));
        Confirm(_queue, 1);
        ExpectNoMsg(0);
        Confirm(copied, 1);
        ExpectMsg<HistoryCopied>();
        Loader.ExpectNoMsg(0);
    }

    private static DeliverMessages Delivery(long first, byte[] properties, params string[] bodies)
    {
        var messages = bodies.Select(body => new TestMessage(Encoding.UTF8.GetBytes(body), Properties: properties));
        var batch = TestBatches.Of([MessageRoute.Create("h", "key")], [.. messages]);
        return new DeliverMessages(1, [new DeliverySegment(batch, 0, batch.Count, first, false)]);
    }

    private IActorRef Copy(Destination destination) =>
        ChildActorOf(HistoryCopyActor.Props(Exchange, Remembering, destination, Services).WithDispatcher(CallingThreadDispatcher.Id));

    private void Deliver(IActorRef copier, long first, params string[] bodies) => copier.Tell(Delivery(first, [0, 0], bodies), _history.Ref);

    private void Describe(long ready)
    {
        var describe = _history.ExpectMsg<DescribeQueue>();
        _history.Reply(new QueueDescribed(describe.RequestId, describe.Queue, null, null, EffectivePolicy.None, ready, 0, 1));
    }

    private void ExpectStart()
    {
        var start = _history.ExpectMsg<StartConsumer>();
        Assert.Equal((false, 0), (start.Settings.NoAck, start.Settings.PrefetchCount));
        _history.Reply(new ConsumerStarted(start.RequestId, start.ConsumerId));
    }
}
