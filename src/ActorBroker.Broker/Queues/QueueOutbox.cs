using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Transactions;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <summary>Carries the queue's decisions out: tells connections, and hands writes and reads to the actor's journal.</summary>
internal sealed class QueueOutbox(QueueConnections connections, IActorRef self, IQueueWork actor) : IQueueEffects
{
    public void Deliver(ConsumerKey consumer, DeliverySegment[] segments)
    {
        if (connections.ActorOf(consumer.Connection) is not { } connection)
        {
            return;
        }

        if (connection is IInternalActorRef { IsLocal: true })
        {
            connection.Tell(new DeliverMessages(consumer.ConsumerId, segments), self);
            return;
        }

        foreach (var some in DeliveryCut.Of(segments))
        {
            connection.Tell(new DeliverMessages(consumer.ConsumerId, some), self);
        }
    }

    public void Progress(int connection, long acceptedSequence, long confirmedSequence) =>
        Tell(connection, new PublishProgress(acceptedSequence, confirmedSequence));

    public void PublishFailed(int connection, long firstSequence, long lastSequence) =>
        Tell(connection, new PublishFailed(firstSequence, lastSequence));

    public void PublishMissing(int connection, long firstSequence) => Tell(connection, new PublishMissing(firstSequence));

    public void Write(QueueWrite batchesAndSettlements) => actor.BeginWrite(batchesAndSettlements);

    public void TransactionPrepared(int connection, TransactionId id) => Tell(connection, new TransactionPrepared(id));

    public void TransactionEnded(TransactionId id) => actor.TellApplied(id);

    public void Load(SegmentAddress segment) => actor.BeginLoad(segment);

    public void GetAnswered(ConsumerKey getter, long requestId, DeliverySegment? segment, long messagesLeft) =>
        Tell(getter.Connection, new MessageTaken(requestId, segment, messagesLeft));

    public void PublishRejected(int connection, long linkSequence, int[] indexes) =>
        Tell(connection, new PublishRejected(linkSequence, indexes));

    public void DeadLetter(DeadLetterSegment[] segments) => actor.GiveUp(segments);

    public void ConsumerCancelled(ConsumerKey consumer) => Tell(consumer.Connection, new ConsumerCancelled(consumer.ConsumerId));

    public void ConsumerTimedOut(ConsumerKey consumer, long timeoutMs) =>
        Tell(consumer.Connection, new ConsumerTimedOut(consumer.ConsumerId, timeoutMs));

    private void Tell(int connection, QueueNotice notice) => connections.ActorOf(connection)?.Tell(notice, self);
}
