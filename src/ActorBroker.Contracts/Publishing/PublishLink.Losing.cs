using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Contracts.Publishing;

/// <content>What becomes of batches whose queue's actor is lost.</content>
public partial class PublishLink<T>
{
    /// <summary>
    /// The actor is gone. What it had is kept for its next incarnation, but for shares of transactions that were to be
    /// prepared, which are lost. Returns the bytes that are off the publisher's window with it.
    /// </summary>
    public virtual long LoseActor(Action<T> lost)
    {
        ArgumentNullException.ThrowIfNull(lost);
        Actor = null;
        if (_confirmed < _sent && ++_losses > LossesMax)
        {
            return LoseSent(lost);
        }

        return KeepSent(lost);
    }

    /// <summary>
    /// As <see cref="LoseActor"/>, of an actor that may still be there: messages to it or from it may have been lost. It is
    /// to be found again, and what it has is passed over when it comes once more.
    /// </summary>
    public virtual long LoseTouch(Action<T> lost)
    {
        _outOfTouch = Actor;
        Actor = null;
        return KeepSent(lost);
    }

    /// <summary>The actor is gone and has no next incarnation: everything on its way to it is lost. Returns as <see cref="LoseActor"/>.</summary>
    public long LoseSent(Action<T> lost)
    {
        Actor = null;
        Settle(_sent, _ => lost);
        return Accept(_sent);
    }

    /// <summary>There is no such queue, or it can't be found now. Returns the bytes that waited for it.</summary>
    /// <param name="refusal">Why.</param>
    /// <param name="lost">Gets the tokens of batches that an earlier incarnation may or may not have had.</param>
    /// <param name="unsent">Gets those of batches that nobody has had.</param>
    public long Close(Refusal refusal, Action<T> lost, Action<T> unsent)
    {
        ArgumentNullException.ThrowIfNull(lost);
        ArgumentNullException.ThrowIfNull(unsent);
        IsGone = true;
        IsResolving = false;
        Settle(_sent, _ => lost);
        Settle(_last, _ => unsent);
        var bytes = Accept(_last);
        RunWaiting(refusal);
        return bytes;
    }

    // Whether all participants of a transaction are prepared must be known for certain.
    private long KeepSent(Action<T> lost)
    {
        GiveUp(static (sent, _) => sent.Share?.Transaction is not null, lost);
        return Accept(_confirmed);
    }
}
