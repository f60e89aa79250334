using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <summary>Carries the queue's decisions out: tells connections, and hands writes and reads to the actor's journal.</summary>
internal sealed class QueueOutbox(
    QueueConnections connections, IActorRef self, Action<QueueWrite> write, Action<SegmentAddress> load) : IQueueEffects
{
    public void Deliver(ConsumerKey consumer, DeliverySegment[] segments) =>
        Tell(consumer.Connection, new DeliverMessages(consumer.ConsumerId, segments));

    public void Progress(int connection, long acceptedSequence, long confirmedSequence) =>
        Tell(connection, new PublishProgress(acceptedSequence, confirmedSequence));

    public void PublishFailed(int connection, long firstSequence, long lastSequence) =>
        Tell(connection, new PublishFailed(firstSequence, lastSequence));

    public void Write(QueueWrite batchesAndSettlements) => write(batchesAndSettlements);

    public void Load(SegmentAddress segment) => load(segment);

    public void GetAnswered(ConsumerKey getter, long requestId, DeliverySegment? segment, long messagesLeft) =>
        Tell(getter.Connection, new MessageTaken(requestId, segment, messagesLeft));

    private void Tell(int connection, QueueNotice notice) => connections.ActorOf(connection)?.Tell(notice, self);
}
