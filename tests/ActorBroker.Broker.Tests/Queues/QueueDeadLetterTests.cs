using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Protocols.Amqp091.Wire;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>What a queue gives up arrives in another queue.</summary>
public sealed class QueueDeadLetterTests : QueueLifetimeSpec
{
    private static readonly byte[] NoProperties = new BasicProperties().ToArray();

    private static readonly QueueDefinition AtLeastOnce = With(ToDeadAtLeastOnce);

    public QueueDeadLetterTests() => Client.IgnoreMessages(static message => message is PublishProgress);

    [Fact]
    public void A_rejected_message_arrives_and_is_then_gone()
    {
        var queue = Declare(AtLeastOnce);
        var dead = DeclareDead();
        RejectOne(queue, "a");
        AwaitAssert(() => Assert.Equal("a", Get(dead)));
        AwaitAssert(() =>
        {
            Advance(FlushInterval);
            Assert.Equal([new PositionRange(0, 1)], Events.OfType<MessagesWritten>().SelectMany(static written => written.Write.Settled));
        });
    }

    [Fact]
    public void What_had_not_arrived_before_a_restart_arrives_after_it_and_says_so()
    {
        var queue = Declare(AtLeastOnce);
        RejectOne(queue, "a");
        AwaitAssert(() => Assert.Contains(Events.OfType<MessagesWritten>(), static written => written.Write.Notes.Deaths.Length > 0));
        Restart(queue);
        var dead = DeclareDead();
        Resolve();
        AwaitAssert(() =>
        {
            Advance(TimeSpan.FromSeconds(1));
            var taken = Take(dead);
            var headers = BasicProperties.Read(taken.Batch[taken.StartIndex].Properties).Headers!;
            Assert.True(headers.TryGetValue("x-dead-letter-repeated", out var repeated) && repeated.AsBoolean());
            Assert.True(headers.TryGetValue("x-first-death-reason", out var reason));
            Assert.Equal("rejected", reason.AsString());
        });
    }

    [Fact]
    public void A_queue_that_gets_its_own_dead_letters_counts_on_nobody_else()
    {
        var queue = Declare(AtLeastOnce with
        {
            Arguments = ArgumentTable.Of(("x-dead-letter-exchange", ArgumentValue.FromString(string.Empty)), ("x-dead-letter-routing-key", ArgumentValue.FromString(Key.Name))),
        });
        Tables.SetNames("/", [Destination.Queue(Key.Name)]);
        RejectOne(queue, "a");
        Assert.Equal(["a"], Delivered(Client, 1));
    }

    [Fact]
    public void Deleting_the_queue_ends_what_is_under_way()
    {
        var queue = Declare(AtLeastOnce);
        RejectOne(queue, "a");
        Watch(queue);
        Queues.Tell(new DeleteQueue(Key, 6, false, false, Someone), Asker.Ref);
        Assert.Null(Asker.ExpectMsg<QueueAnswered>().Refusal);
        ExpectTerminated(queue);
    }

    private void RejectOne(IActorRef queue, string body)
    {
        Consume(queue, Client);
        var batch = TestBatches.Of(new TestMessage(System.Text.Encoding.UTF8.GetBytes(body), Properties: NoProperties));
        queue.Tell(new PublishBatch(1, batch), Client.Ref);
        var delivered = Client.ExpectMsg<DeliverMessages>().Segments[0];
        queue.Tell(
            new SettleMessages([new Settlement(1, SettleOutcome.Rejected, new PositionRange(delivered.FirstPosition, 1))]), Client.Ref);
    }

    private DeliverySegment Take(IActorRef queue)
    {
        queue.Tell(new GetMessage(4, 9, NoAck: true), Asker.Ref);
        var taken = Asker.ExpectMsg<MessageTaken>().Segment;
        Assert.NotNull(taken);
        return taken.Value;
    }
}
