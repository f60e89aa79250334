using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Transactions;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Contracts.Publishing;

/// <summary>
/// A publisher's way to one queue, whoever the publisher is: a client's session, or the broker itself. The queue's
/// actor is found once through the region and then told directly; while it is being found, batches wait here (they
/// count against the publisher's window), so that none overtakes another.
/// </summary>
/// <typeparam name="T">What the publisher wants to have back when a batch is safe, or lost.</typeparam>
/// <param name="queue">The queue's name.</param>
public class PublishLink<T>(string queue)
    where T : class
{
    private readonly Queue<(MessageBatch Batch, IReadOnlyList<Settlement>? Settlements, TransactionId? Transaction, T? Token)> _unsent = new();
    private readonly Queue<(long Sequence, int Bytes)> _unaccepted = new();
    private readonly Queue<(long Sequence, T Token)> _unconfirmed = new();
    private readonly List<Action<Refusal?>> _waiting = [];
    private long _sequence;

    /// <summary>The queue's name.</summary>
    public string Queue { get; } = queue;

    /// <summary>The queue's actor; null while it is looked for.</summary>
    public IActorRef? Actor { get; private set; }

    /// <summary>There is no such queue any more: whoever holds the link must ask for another.</summary>
    public bool IsGone { get; private set; }

    /// <summary>The question for the actor is outstanding.</summary>
    public bool IsResolving { get; set; }

    /// <summary>The question for the actor that is outstanding.</summary>
    public long ResolveRequest { get; set; }

    /// <summary>Nothing is on its way or waits for the queue.</summary>
    public bool IsIdle => _unsent.Count == 0 && _unaccepted.Count == 0 && _unconfirmed.Count == 0;

    /// <summary>Tells the queue a batch, at once or when it is found.</summary>
    /// <param name="batch">Shared with the queue from here on.</param>
    /// <param name="token">Handed back by <see cref="NextDone"/>, <see cref="LoseActor"/> or <see cref="Close"/>; null when nobody asks.</param>
    /// <param name="self">Whom the queue tells of progress.</param>
    public void Send(MessageBatch batch, T? token, IActorRef self) => Send(batch, settlements: null, transaction: null, token, self);

    /// <summary>
    /// As the other, with settlements that take effect together with the batch (null: it is no transaction), or, of a
    /// transaction of several queues, when they are told of its end.
    /// </summary>
    public void Send(MessageBatch batch, IReadOnlyList<Settlement>? settlements, TransactionId? transaction, T? token, IActorRef self)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (Actor is null)
        {
            _unsent.Enqueue((batch, settlements, transaction, token));
            return;
        }

        var sequence = ++_sequence;
        _unaccepted.Enqueue((sequence, batch.SizeBytes));
        if (token is not null)
        {
            _unconfirmed.Enqueue((sequence, token));
        }

        Actor.Tell(
            settlements is null ? new PublishBatch(sequence, batch)
                : transaction is { } id ? new PrepareTransaction(sequence, batch, settlements, id)
                : new CommitTransaction(sequence, batch, settlements),
            self);
    }

    /// <summary>Runs when the queue is found, with null, or when it is not, with why.</summary>
    public void WhenResolved(Action<Refusal?> action) => _waiting.Add(action);

    /// <summary>Found: what waited is sent.</summary>
    public void Resolve(IActorRef actor, IActorRef self)
    {
        Actor = actor;
        IsResolving = false;
        _sequence = 0;
        while (_unsent.TryDequeue(out var unsent))
        {
            Send(unsent.Batch, unsent.Settlements, unsent.Transaction, unsent.Token, self);
        }

        RunWaiting(refusal: null);
    }

    /// <summary>The batches up to there are in the queue's hands: returns how many bytes that frees.</summary>
    public long Accept(long sequence)
    {
        var bytes = 0L;
        while (_unaccepted.TryPeek(out var batch) && batch.Sequence <= sequence)
        {
            bytes += batch.Bytes;
            _unaccepted.Dequeue();
        }

        return bytes;
    }

    /// <summary>The next token whose batch is at or below that sequence, or null.</summary>
    public T? NextDone(long sequence) =>
        _unconfirmed.TryPeek(out var batch) && batch.Sequence <= sequence ? _unconfirmed.Dequeue().Token : null;

    /// <summary>The token of a batch that is not done, or null.</summary>
    public T? Find(long sequence)
    {
        foreach (var batch in _unconfirmed)
        {
            if (batch.Sequence == sequence)
            {
                return batch.Token;
            }
        }

        return null;
    }

    /// <summary>
    /// The actor is gone: everything on its way to it may be lost. Tokens of batches that were not sent are left where
    /// they are: the next incarnation gets them. Returns the bytes that were on their way.
    /// </summary>
    public virtual long LoseActor(Action<T> lost)
    {
        ArgumentNullException.ThrowIfNull(lost);
        Actor = null;
        var bytes = Accept(long.MaxValue);
        while (NextDone(long.MaxValue) is { } token)
        {
            lost(token);
        }

        return bytes;
    }

    /// <summary>There is no such queue, or it can't be found now. Returns the bytes that waited for it.</summary>
    public long Close(Refusal refusal, Action<T> unsent)
    {
        ArgumentNullException.ThrowIfNull(unsent);
        IsGone = true;
        IsResolving = false;
        var bytes = 0L;
        while (_unsent.TryDequeue(out var batch))
        {
            bytes += batch.Batch.SizeBytes;
            if (batch.Token is not null)
            {
                unsent(batch.Token);
            }
        }

        RunWaiting(refusal);
        return bytes;
    }

    private void RunWaiting(Refusal? refusal)
    {
        var waiting = _waiting.ToArray();
        _waiting.Clear();
        foreach (var action in waiting)
        {
            action(refusal);
        }
    }
}
