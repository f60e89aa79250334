using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Connections.Sessions;

/// <summary>
/// A session's way to one queue. The queue's actor is found once through the region and then told directly; while it
/// is being found, batches wait here (they count against the session's window), so that none overtakes another.
/// </summary>
internal sealed class QueueLink(string queue)
{
    private readonly Queue<(MessageBatch Batch, ConfirmGroup? Group)> _unsent = new();
    private readonly Queue<(long Sequence, int Bytes)> _unaccepted = new();
    private readonly Queue<(long Sequence, ConfirmGroup Group)> _unconfirmed = new();
    private readonly List<Action<Refusal?>> _waiting = [];
    private QueueLink[]? _alone;
    private long _sequence;

    public string Queue { get; } = queue;

    /// <summary>The queue's actor; null while it is looked for.</summary>
    public IActorRef? Actor { get; private set; }

    /// <summary>This link alone, for the many messages that one queue takes.</summary>
    public QueueLink[] Alone => _alone ??= [this];

    /// <summary>There is no such queue any more: whoever holds the link must ask for another.</summary>
    public bool IsGone { get; private set; }

    public bool IsResolving { get; set; }

    /// <summary>The question for the actor that is outstanding.</summary>
    public long ResolveRequest { get; set; }

    /// <summary>Settlements of the current read.</summary>
    public List<Settlement> Settlements { get; private set; } = [];

    /// <summary>Offsets of the slab that is being cut into batches.</summary>
    public List<int> Offsets { get; } = [];

    /// <summary>Sum of the sizes of the records at <see cref="Offsets"/>.</summary>
    public int OffsetBytes { get; set; }

    public void Send(MessageBatch batch, ConfirmGroup? group, IActorRef self)
    {
        if (Actor is null)
        {
            _unsent.Enqueue((batch, group));
            return;
        }

        var sequence = ++_sequence;
        _unaccepted.Enqueue((sequence, batch.SizeBytes));
        if (group is not null)
        {
            _unconfirmed.Enqueue((sequence, group));
        }

        Actor.Tell(new PublishBatch(sequence, batch), self);
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
            Send(unsent.Batch, unsent.Group, self);
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

    /// <summary>The next group whose batch is at or below that sequence, or null.</summary>
    public ConfirmGroup? NextDone(long sequence) =>
        _unconfirmed.TryPeek(out var batch) && batch.Sequence <= sequence ? _unconfirmed.Dequeue().Group : null;

    /// <summary>
    /// The actor is gone: everything on its way to it may be lost. Groups of batches that were not sent are left where
    /// they are: the next incarnation gets them.
    /// </summary>
    public long LoseActor(Action<ConfirmGroup> lost)
    {
        Actor = null;
        var bytes = Accept(long.MaxValue);
        while (NextDone(long.MaxValue) is { } group)
        {
            lost(group);
        }

        Settlements.Clear();
        return bytes;
    }

    /// <summary>There is no such queue, or it can't be found now. Returns the bytes that waited for it.</summary>
    public long Close(Refusal refusal, Action<ConfirmGroup> unsent)
    {
        IsGone = true;
        IsResolving = false;
        var bytes = 0L;
        while (_unsent.TryDequeue(out var batch))
        {
            bytes += batch.Batch.SizeBytes;
            if (batch.Group is not null)
            {
                unsent(batch.Group);
            }
        }

        RunWaiting(refusal);
        return bytes;
    }

    /// <summary>The settlements gathered so far; the list is handed over.</summary>
    public List<Settlement> TakeSettlements()
    {
        var settlements = Settlements;
        Settlements = [];
        return settlements;
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
