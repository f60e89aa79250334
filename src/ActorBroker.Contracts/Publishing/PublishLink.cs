using System.Security.Cryptography;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Transactions;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Contracts.Publishing;

/// <summary>
/// A publisher's way to one queue, whoever the publisher is: a client's session, or the broker itself. The queue's
/// actor is found once through the region and then told directly; while it is being found, batches wait here (they
/// count against the publisher's window), so that none overtakes another.
/// <para>
/// Batches stay here until the queue has confirmed them. When its actor is lost, the next one is told who sends
/// (<see cref="Opening"/>) and says what the journal has of it; the rest is sent again, with the same sequences and in
/// order.
/// </para>
/// </summary>
/// <typeparam name="T">What the publisher wants to have back when a batch is safe, or lost.</typeparam>
/// <param name="queue">The queue's name.</param>
public partial class PublishLink<T>(string queue)
    where T : class
{
    // A queue that ends again and again with the same batches under way may do so because of them.
    private const int LossesMax = 5;

    private readonly Queue<int> _unacceptedBytes = new();
    private readonly Queue<SentBatch<T>> _unconfirmed = new();
    private readonly List<Action<Refusal?>> _waiting = [];
    private HashSet<long>? _partlyRefused;
    private IActorRef? _outOfTouch;
    private long _publisher;
    private long? _declaration;
    private long _last;
    private long _sent;
    private long _accepted;
    private long _confirmed;
    private int _losses;

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

    /// <summary>What went to the actor, or came from it, may be lost: it is to be told so when it is found.</summary>
    public bool IsOutOfTouch => _outOfTouch is not null;

    /// <summary>Whoever was out of touch turned out to be gone: another incarnation was found.</summary>
    public bool HasMoved { get; private set; }

    /// <summary>Nothing is on its way or waits for the queue.</summary>
    public bool IsIdle => _unacceptedBytes.Count == 0 && _unconfirmed.Count == 0;

    /// <summary>Bytes of the batches that are kept because the queue has not confirmed them.</summary>
    public long UnconfirmedBytes { get; private set; }

    /// <summary>To be sent with the question for the actor.</summary>
    public LinkOpening Opening
    {
        get
        {
            if (_publisher == 0)
            {
                _publisher = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) | 1;
            }

            return new LinkOpening(_publisher, _confirmed, _sent);
        }
    }

    /// <summary>Tells the queue a batch, at once or when it is found.</summary>
    /// <param name="batch">Shared with the queue from here on.</param>
    /// <param name="token">Handed back by <see cref="NextDone"/>, <see cref="LoseActor"/>, <see cref="Resolve(QueueResolved, IActorRef, Action{T}, Action{T})"/> or <see cref="Close"/>; null when nobody asks.</param>
    /// <param name="self">Whom the queue tells of progress.</param>
    public void Send(MessageBatch batch, T? token, IActorRef self) => Send(batch, settlements: null, transaction: null, token, self);

    /// <summary>
    /// As the other, with settlements that take effect together with the batch (null: it is no transaction), or, of a
    /// transaction of several queues, when they are told of its end.
    /// </summary>
    public void Send(MessageBatch batch, IReadOnlyList<Settlement>? settlements, TransactionId? transaction, T? token, IActorRef self)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var sent = new SentBatch<T>(batch, settlements is null ? null : new SentShare(settlements, transaction), token);
        _last++;
        _unacceptedBytes.Enqueue(batch.SizeBytes);
        _unconfirmed.Enqueue(sent);
        UnconfirmedBytes += batch.SizeBytes;
        if (Actor is not null)
        {
            _sent = _last;
            Actor.Tell(sent.WithSequence(_last), self);
        }
    }

    /// <summary>Runs when the queue is found, with null, or when it is not, with why.</summary>
    public void WhenResolved(Action<Refusal?> action) => _waiting.Add(action);

    /// <summary>Found, and nothing of what waited went to any other: it is sent.</summary>
    public void Resolve(IActorRef actor, IActorRef self)
    {
        Actor = actor;
        IsResolving = false;
        SendFrom(_confirmed + 1, self);
        RunWaiting(refusal: null);
    }

    /// <summary>
    /// Found: what waited is sent, and what an earlier incarnation of the queue had is, as far as this one does not know it.
    /// Returns the bytes that are off the publisher's window with it.
    /// </summary>
    /// <param name="resolved">The queue's answer.</param>
    /// <param name="self">Whom the queue tells of progress.</param>
    /// <param name="done">Gets the tokens of batches that turn out to be safe.</param>
    /// <param name="lost">Gets those of batches that can't be sent again: transactions, and what another queue of the name had.</param>
    public long Resolve(QueueResolved resolved, IActorRef self, Action<T> done, Action<T> lost)
    {
        ArgumentNullException.ThrowIfNull(resolved);
        ArgumentNullException.ThrowIfNull(done);
        ArgumentNullException.ThrowIfNull(lost);
        var isAnother = _declaration is { } known && known != resolved.Declaration;
        _declaration = resolved.Declaration;
        var bytes = 0L;
        var isSame = resolved.Actor.Equals(_outOfTouch);
        HasMoved = _outOfTouch is not null && !isSame;
        _outOfTouch = null;
        if (_confirmed < _sent)
        {
            var standing = resolved.Standing;
            var safe = isAnother ? 0 : Math.Min(standing.KnownSequence, _sent);
            bytes = Accept(safe);
            Settle(safe, sequence => standing.MayHaveRefused(sequence) && !IsPartlyRefused(sequence) ? lost : done);
            GiveUp((sent, sequence) => isAnother || (sent.Share is not null && !isSame) || IsPartlyRefused(sequence), lost);
        }

        Resolve(resolved.Actor, self);
        return bytes;
    }

    /// <summary>Batches from there on were lost on their way to the actor, which is still the same: they are sent again.</summary>
    public void SendAgain(long firstSequence, IActorRef self) => SendFrom(firstSequence, self);

    /// <summary>The batches up to there are in the queue's hands: returns how many bytes that frees.</summary>
    public long Accept(long sequence)
    {
        var bytes = 0L;
        for (; _accepted < sequence && _unacceptedBytes.TryDequeue(out var size); _accepted++)
        {
            bytes += size;
        }

        return bytes;
    }

    /// <summary>The next token whose batch is at or below that sequence, or null.</summary>
    public T? NextDone(long sequence)
    {
        while (_confirmed < sequence && _unconfirmed.TryDequeue(out var batch))
        {
            _confirmed++;
            _losses = 0;
            UnconfirmedBytes -= batch.Batch.SizeBytes;
            if (batch.Token is { } token)
            {
                return token;
            }
        }

        return null;
    }

    /// <summary>The token of a batch that is not done, or null.</summary>
    public T? Find(long sequence)
    {
        var next = _confirmed;
        foreach (var batch in _unconfirmed)
        {
            if (++next == sequence)
            {
                return batch.Token;
            }
        }

        return null;
    }

    /// <summary>Messages of the batch were refused, and their publishers have heard of it: it is not sent again.</summary>
    public void RefusePartly(long sequence)
    {
        (_partlyRefused ??= []).RemoveWhere(refused => refused <= _confirmed);
        _partlyRefused.Add(sequence);
    }

    private bool IsPartlyRefused(long sequence) => _partlyRefused is not null && _partlyRefused.Contains(sequence);

    private void SendFrom(long firstSequence, IActorRef self)
    {
        var sequence = _confirmed;
        foreach (var batch in _unconfirmed)
        {
            if (++sequence >= firstSequence)
            {
                Actor!.Tell(batch.WithSequence(sequence), self);
            }
        }

        _sent = _last;
    }

    // The token comes back, and an empty batch takes the place of what went to an earlier incarnation.
    private void GiveUp(Func<SentBatch<T>, long, bool> isLost, Action<T> lost)
    {
        var tokens = new List<T>();
        var sequence = _confirmed;
        for (var i = _unconfirmed.Count; i > 0; i--)
        {
            var batch = _unconfirmed.Dequeue();
            if (++sequence <= _sent && isLost(batch, sequence))
            {
                UnconfirmedBytes -= batch.Batch.SizeBytes;
                if (batch.Token is { } token)
                {
                    tokens.Add(token);
                }

                batch = new SentBatch<T>(MessageBatch.Empty, Share: null, Token: null);
            }

            _unconfirmed.Enqueue(batch);
        }

        tokens.ForEach(lost);
    }

    private void Settle(long sequence, Func<long, Action<T>> outcomeOf)
    {
        while (NextDone(sequence) is { } token)
        {
            outcomeOf(_confirmed)(token);
        }
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
