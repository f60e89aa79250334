namespace ActorBroker.Core.Queues;

/// <summary>
/// How far the batches of one connection have come at one queue. Sequences count up by one; batches that need a write
/// are committed in their order, so two cumulative marks say everything.
/// </summary>
internal sealed class PublisherLink(int connection)
{
    private readonly Queue<long> _awaitingCommit = new();
    private long _toldAccepted;
    private long _toldConfirmed;
    private bool _isClosed;

    public int Connection { get; } = connection;

    /// <summary>The last batch that came in.</summary>
    public long Received { get; private set; }

    /// <summary>All batches up to here are safe.</summary>
    public long Confirmed => _awaitingCommit.Count == 0 ? Received : _awaitingCommit.Peek() - 1;

    public void Receive(long sequence, bool needsWrite)
    {
        Received = sequence;
        if (needsWrite)
        {
            _awaitingCommit.Enqueue(sequence);
        }
    }

    /// <summary>The oldest batch that awaits its commit has it.</summary>
    public void Commit() => _awaitingCommit.Dequeue();

    /// <summary>Tells what is new; with <paramref name="accept"/> everything received counts as accepted.</summary>
    public void Tell(IQueueEffects effects, bool accept)
    {
        var accepted = accept ? Received : _toldAccepted;
        if (_isClosed || (accepted == _toldAccepted && Confirmed == _toldConfirmed))
        {
            return;
        }

        _toldAccepted = accepted;
        _toldConfirmed = Confirmed;
        effects.Progress(Connection, _toldAccepted, _toldConfirmed);
    }

    /// <summary>The connection is gone: nobody is told any more.</summary>
    public void Close() => _isClosed = true;

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
