namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>Events of one entity that are written together or not at all.</summary>
/// <param name="Rows">Of numbers that were skipped, if any, then at least one event, by ascending number.</param>
/// <param name="Created">Ticks, which no other write of this writer has: by them it knows a row for its own.</param>
internal sealed record PendingWrite(IReadOnlyList<EventRow> Rows, long Created)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when they are committed.</summary>
    public Task Done => _done.Task;

    /// <summary>The database was told to commit them, and what it made of that is not known.</summary>
    public bool IsInDoubt { get; set; }

    /// <summary>The last event, whose row stands for all.</summary>
    public EventRow Last => Rows[^1];

    /// <summary>What is to be inserted: less than all where the rest is known to be there.</summary>
    public IReadOnlyList<EventRow> Missing { get; set; } = Rows;

    public long Bytes { get; } = Rows.Sum(static row => (long)row.Message.Length);

    public void Complete() => _done.SetResult();

    public void Fail(Exception reason) => _done.SetException(reason);

    /// <summary>It cannot be written now, and nothing speaks against its being written later.</summary>
    public void Reject(Exception reason) =>
        _done.SetException(new JournalUnavailableException(reason.Message.ReplaceLineEndings(" "), reason));
}
