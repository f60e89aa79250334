namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>
/// What connections to the journal pass before they open, and its writer before each commit. Upkeep holds it to have the file to itself within one commit:
/// SQLite gives its write lock to whoever asks at the right moment, and beside a writer that never pauses a second one
/// may ask for seconds.
/// </summary>
internal sealed class CommitGate
{
    private volatile TaskCompletionSource? _held;

    /// <summary>Completes when nobody holds the gate. For any thread.</summary>
    public Task PassAsync(CancellationToken cancellation) => _held?.Task.WaitAsync(cancellation) ?? Task.CompletedTask;

    /// <summary>Returns when nobody holds the gate. For a thread that may wait.</summary>
    public void Pass() => _held?.Task.Wait();

    /// <summary>Whoever comes from now on waits until the hold is disposed of. For one thread; not nested.</summary>
    public Hold Close()
    {
        _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return new Hold(this);
    }

    private void Open()
    {
        var held = _held;
        _held = null;
        held?.SetResult();
    }

    /// <summary>Lets all pass when disposed of.</summary>
    public readonly ref struct Hold(CommitGate gate)
    {
        public void Dispose() => gate.Open();
    }
}
