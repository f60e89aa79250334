using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Benchmarks;

/// <summary>A queue that talks to nobody, and keeps all in memory.</summary>
public abstract class UnobservedQueueEffects : IQueueEffects
{
    /// <inheritdoc/>
    public virtual void Deliver(ConsumerKey consumer, DeliverySegment[] segments)
    {
    }

    /// <inheritdoc/>
    public virtual void Progress(int connection, long acceptedSequence, long confirmedSequence)
    {
    }

    /// <inheritdoc/>
    public void PublishFailed(int connection, long firstSequence, long lastSequence)
    {
    }

    /// <inheritdoc/>
    public void PublishMissing(int connection, long firstSequence) => throw new InvalidOperationException("Nothing is lost here.");

    /// <inheritdoc/>
    public abstract void Write(QueueWrite write);

    /// <inheritdoc/>
    public void TransactionPrepared(int connection, TransactionId id)
    {
    }

    /// <inheritdoc/>
    public void TransactionEnded(TransactionId id)
    {
    }

    /// <inheritdoc/>
    public void Load(SegmentAddress segment) => throw new InvalidOperationException("Nothing leaves memory here.");

    /// <inheritdoc/>
    public void GetAnswered(ConsumerKey getter, long requestId, DeliverySegment? segment, long messagesLeft)
    {
    }

    /// <inheritdoc/>
    public void PublishRejected(int connection, long linkSequence, int[] indexes)
    {
    }

    /// <inheritdoc/>
    public void DeadLetter(DeadLetterSegment[] segments)
    {
    }

    /// <inheritdoc/>
    public void ConsumerCancelled(ConsumerKey consumer)
    {
    }

    /// <inheritdoc/>
    public void ConsumerTimedOut(ConsumerKey consumer, long timeoutMs)
    {
    }
}
