namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>Events of one entity that are written together or not at all.</summary>
/// <param name="rows">At least one, by ascending number.</param>
internal sealed class SqliteWrite(IReadOnlyList<EventRow> rows)
{
    // Who waits goes on in the writer's thread: what Akka does then is to tell an actor, for which another thread need
    // not be woken.
    private readonly TaskCompletionSource _done = new();

    /// <summary>What is to be inserted.</summary>
    public IReadOnlyList<EventRow> Rows { get; } = rows;

    /// <summary>Bytes of the events.</summary>
    public long Bytes { get; } = BytesOf(rows);

    /// <summary>Why it was not written, as soon as that is known.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Completes when the rows are committed, or with <see cref="Failure"/>.</summary>
    public Task Done => _done.Task;

    /// <summary>Says so to who waits.</summary>
    public void End()
    {
        if (Failure is { } failure)
        {
            _done.SetException(failure);
        }
        else
        {
            _done.SetResult();
        }
    }

    private static long BytesOf(IReadOnlyList<EventRow> rows)
    {
        var bytes = 0L;
        for (var i = 0; i < rows.Count; i++)
        {
            bytes += rows[i].Message.Length;
        }

        return bytes;
    }
}
