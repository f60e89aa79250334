using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Publishers;

/// <summary>
/// How far the batches of one connection have come at one queue. Sequences count up by one; batches that need a write
/// are committed in their order, so two cumulative marks say everything.
/// </summary>
internal sealed class PublisherLink(int connection)
{
    private readonly Queue<long> _awaitingCommit = new();
    private RefusedBatches? _refused;
    private RefusedBatches? _refusedUntold;
    private long _repeatedUpTo;
    private long _toldAccepted;
    private long _toldConfirmed;
    private long _markUntold;
    private long _lastTooEarly;

    public int Connection { get; } = connection;

    /// <summary>By which the journal knows it; 0 when it need not.</summary>
    public long Publisher { get; private set; }

    /// <summary>The connection is gone, or has another link: nobody is told of this one any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The last batch that came in.</summary>
    public long Received { get; private set; }

    /// <summary>All batches up to here are safe.</summary>
    public long Confirmed => _awaitingCommit.Count == 0 ? Received : _awaitingCommit.Peek() - 1;

    /// <summary>The journal has all batches up to here, or has no use for them.</summary>
    public long Marked { get; private set; }

    /// <summary>When that was last so, Unix time in milliseconds.</summary>
    public long MarkedAt { get; set; }

    /// <summary>The publisher has said who it is, and what an earlier incarnation of the queue knew of it.</summary>
    public void Open(LinkOpening opening, PublisherMark known)
    {
        Publisher = opening.Publisher;
        Marked = known.Sequence;
        MarkedAt = known.At;
        Received = Math.Max(known.Sequence, opening.ConfirmedSequence);
        _repeatedUpTo = opening.SentSequence;
        if (known.Refused.Length > 0)
        {
            _refused = new RefusedBatches();
            _refused.AddAll(known.Refused);
        }

        (_toldAccepted, _toldConfirmed) = (Received, Received);
    }

    /// <summary>What the publisher is told when it opens the link.</summary>
    public LinkStanding Standing => new(Confirmed) { Refused = _refused?.ToArray() ?? [] };

    /// <summary>As the journal is to know it.</summary>
    public PublisherMark Mark => new(Publisher, Marked) { Refused = _refused?.ToArray() ?? [], At = MarkedAt };

    /// <summary>The batch went to an earlier incarnation of the queue before: its messages may have been delivered.</summary>
    public bool IsRepeated(long sequence) => sequence <= _repeatedUpTo;

    /// <summary>
    /// Whether the batch is the next one. One that is here already is told of again; where one is missing, the publisher
    /// is asked for it.
    /// </summary>
    public bool Expects(long sequence, IQueueEffects effects)
    {
        if (Publisher == 0 || sequence == Received + 1)
        {
            _lastTooEarly = 0;
            return true;
        }

        if (sequence <= Received)
        {
            effects.Progress(Connection, _toldAccepted, _toldConfirmed);
        }
        else
        {
            // Once, and again when what was asked for has begun to come but is missing too.
            if (_lastTooEarly == 0 || sequence <= _lastTooEarly)
            {
                effects.PublishMissing(Connection, Received + 1);
            }

            _lastTooEarly = sequence;
        }

        return false;
    }

    public void Receive(long sequence, bool needsWrite)
    {
        Received = sequence;
        if (needsWrite)
        {
            _awaitingCommit.Enqueue(sequence);
        }
    }

    /// <summary>Messages of the batch are refused.</summary>
    public void Refuse(long sequence)
    {
        if (Publisher != 0)
        {
            var batch = new PositionRange(sequence, 1);
            (_refusedUntold ??= new RefusedBatches()).Add(batch);
            (_refused ??= new RefusedBatches()).Add(batch);
        }
    }

    /// <summary>The journal is to hear of that batch with its next event; true when it has been told all before.</summary>
    public bool BeginMark(long sequence)
    {
        var isFirst = _markUntold == 0;
        _markUntold = sequence;
        return isFirst;
    }

    /// <summary>What the event that begins tells of the link.</summary>
    public PublisherMark TakeMark()
    {
        var mark = new PublisherMark(Publisher, _markUntold) { Refused = _refusedUntold?.ToArray() ?? [] };
        _markUntold = 0;
        _refusedUntold = null;
        return mark;
    }

    /// <summary>The oldest batch that awaits its commit has it.</summary>
    public void Commit() => Marked = _awaitingCommit.Dequeue();

    /// <summary>Tells what is new; with <paramref name="accept"/> everything received counts as accepted.</summary>
    public void Tell(IQueueEffects effects, bool accept)
    {
        var accepted = accept ? Received : _toldAccepted;
        if (IsClosed || (accepted == _toldAccepted && Confirmed == _toldConfirmed))
        {
            return;
        }

        _toldAccepted = accepted;
        _toldConfirmed = Confirmed;
        effects.Progress(Connection, _toldAccepted, _toldConfirmed);
    }

    /// <summary>Nobody is told any more.</summary>
    public void Close() => IsClosed = true;

    /// <summary>Everything received counts as safe.</summary>
    public void Finish(IQueueEffects effects)
    {
        _awaitingCommit.Clear();
        Tell(effects, accept: true);
    }

    /// <summary>Whatever is not confirmed may be lost.</summary>
    public void Fail(IQueueEffects effects)
    {
        if (Confirmed < Received)
        {
            effects.PublishFailed(Connection, Confirmed + 1, Received);
            _awaitingCommit.Clear();
            _toldAccepted = Received;
            _toldConfirmed = Received;
        }
    }
}
