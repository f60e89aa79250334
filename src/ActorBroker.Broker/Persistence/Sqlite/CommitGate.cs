namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>
/// What the journal's writer passes before each commit. Upkeep holds it to have the file to itself within one commit:
/// SQLite gives its write lock to whoever asks at the right moment, and beside a writer that never pauses a second one
/// may ask for seconds.
/// </summary>
internal sealed class CommitGate
{
    private readonly object _lock = new();
    private bool _isHeld;

    /// <summary>Returns when nobody holds the gate. For a thread that may wait.</summary>
    public void Pass()
    {
        lock (_lock)
        {
            while (_isHeld)
            {
                Monitor.Wait(_lock);
            }
        }
    }

    /// <summary>Whoever comes from now on waits until the hold is disposed of. For one thread; not nested.</summary>
    public Hold Close()
    {
        Set(isHeld: true);
        return new Hold(this);
    }

    private void Set(bool isHeld)
    {
        lock (_lock)
        {
            _isHeld = isHeld;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Lets all pass when disposed of.</summary>
    public readonly ref struct Hold(CommitGate gate)
    {
        public void Dispose() => gate.Set(isHeld: false);
    }
}
