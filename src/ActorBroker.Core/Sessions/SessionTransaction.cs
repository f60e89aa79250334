using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Sessions;

/// <summary>
/// What a client wants to happen at once. Nothing leaves before <see cref="Commit"/>; one that is not committed is simply
/// dropped. All queues take their shares, or none does, even if the broker fails in the middle.
/// </summary>
public abstract class SessionTransaction
{
    /// <summary>It holds as many different targets as one batch can name.</summary>
    public abstract bool IsFull { get; }

    /// <summary>
    /// Routes one message now, to be published later. False when no queue takes it.
    /// </summary>
    /// <param name="target">A target that <see cref="IBrokerSession.Prepare"/> said is ready.</param>
    /// <param name="message">In arrays that nobody changes any more.</param>
    /// <param name="moreKeys">As for <see cref="IBrokerSession.Publish"/>.</param>
    public abstract bool Publish(PublishTarget target, in PublishedMessage message, string[] moreKeys);

    /// <summary>How many messages it holds: the number of the next one that a queue takes.</summary>
    public abstract int Count { get; }

    /// <summary>Whether a queue that the message of this number was routed to is still there.</summary>
    public abstract bool IsStillRouted(int number);

    /// <summary>Settles deliveries of a consumer.</summary>
    public abstract void Settle(int consumerId, SettleOutcome outcome, PositionRange positions);

    /// <summary>
    /// Lets all of it happen; true when every queue has its messages, and what was settled, as safe as a confirm would
    /// say; false when nothing of it has happened, or when it is not known whether it has.
    /// </summary>
    public abstract void Commit(Action<bool> reply);
}
