using ActorBroker.Core.Messages;

namespace ActorBroker.Client.Streams;

/// <summary>
/// A message that is to be settled, once and by any thread. Settling does not wait for the broker: if it never hears of
/// it, the message comes again. Settled messages leave the source's prefetch count, so that it takes others.
/// </summary>
public sealed class CommittableMessage
{
    private readonly Action<SettleOutcome> _settle;
    private int _isSettled;

    internal CommittableMessage(ReceivedMessage message, Action<SettleOutcome> settle)
    {
        Message = message;
        _settle = settle;
    }

    /// <summary>The message.</summary>
    public ReceivedMessage Message { get; }

    /// <summary>It is processed: it leaves the queue.</summary>
    public void Ack() => Settle(SettleOutcome.Accepted);

    /// <summary>It goes back to its place in the queue and comes again, marked as redelivered.</summary>
    public void Requeue() => Settle(SettleOutcome.Requeued);

    /// <summary>As <see cref="Requeue"/>, and counted as failed where the queue has a limit of that (x-delivery-limit).</summary>
    public void Fail() => Settle(SettleOutcome.Failed);

    /// <summary>It leaves the queue unprocessed, and is dead-lettered where that is set.</summary>
    public void Reject() => Settle(SettleOutcome.Rejected);

    private void Settle(SettleOutcome outcome)
    {
        if (Interlocked.Exchange(ref _isSettled, 1) == 0)
        {
            _settle(outcome);
        }
    }
}
