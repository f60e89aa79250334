namespace ActorBroker.Core.Queues.Transactions;

/// <summary>What writes to the journal tell of transactions: shares that are prepared, and ends.</summary>
internal sealed class TransactionWrites
{
    private readonly List<PreparedTransaction> _ending = [];
    private readonly List<PreparedTransaction> _endingUnderWay = [];
    private readonly List<PreparedShare> _shares = [];

    /// <summary>Ends wait that no batch will take along.</summary>
    public bool HasEnds => _ending.Count > 0;

    /// <summary>Shares that the last write put into the journal.</summary>
    public List<PreparedTransaction> Prepared { get; } = [];

    /// <summary>Transactions whose end the last write put into the journal.</summary>
    public List<PreparedTransaction> Ended { get; } = [];

    /// <summary>A transaction has ended without messages for the journal: the next write says so.</summary>
    public void End(PreparedTransaction ended) => _ending.Add(ended);

    /// <summary>The write that begins has the share.</summary>
    public void Begin(PreparedTransaction share)
    {
        share.HasBegun = true;
        _shares.Add(share.Share);
    }

    /// <summary>The write that begins has what was committed, and so says that the transaction has ended.</summary>
    public void BeginEnd(PreparedTransaction ended) => _endingUnderWay.Add(ended);

    /// <summary>All shares of the write that begins.</summary>
    public PreparedShare[] TakeShares()
    {
        PreparedShare[] shares = _shares.Count == 0 ? [] : [.. _shares];
        _shares.Clear();
        return shares;
    }

    /// <summary>All ends that the write that begins tells of.</summary>
    public TransactionId[] TakeEnds()
    {
        _endingUnderWay.AddRange(_ending);
        _ending.Clear();
        return _endingUnderWay.Count == 0 ? [] : [.. _endingUnderWay.Select(static ended => ended.Id)];
    }

    /// <summary>The write is committed, and with it what it took.</summary>
    public void Complete(PreparedTransaction? share)
    {
        if (share is { HasBegun: true })
        {
            share.IsWritten = true;
            Prepared.Add(share);
        }
    }

    /// <summary>The write is committed, and with it the ends that it told of.</summary>
    public void CompleteEnds()
    {
        Ended.AddRange(_endingUnderWay);
        _endingUnderWay.Clear();
    }
}
