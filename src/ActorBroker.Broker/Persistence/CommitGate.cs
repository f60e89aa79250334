namespace ActorBroker.Broker.Persistence;

/// <summary>
/// What connections to the journal pass before they open. Upkeep closes it to have the file to itself within one commit:
/// SQLite gives its write lock to whoever asks at the right moment, and beside a writer that never pauses a second one
/// may ask for seconds.
/// </summary>
internal sealed class CommitGate
{
    private volatile TaskCompletionSource? _closed;

    /// <summary>Completes when the gate is open. For any thread.</summary>
    public Task PassAsync(CancellationToken cancellation) => _closed?.Task.WaitAsync(cancellation) ?? Task.CompletedTask;

    /// <summary>Whoever comes from now on waits. Only one thread may close and open the gate.</summary>
    public void Close() => _closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets all pass that wait, and all that come.</summary>
    public void Open()
    {
        var closed = _closed;
        _closed = null;
        closed?.SetResult();
    }
}
