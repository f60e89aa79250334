using System.Collections.Concurrent;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// Writes of entities that have not ended: the next incarnation of an entity is not to look for its newest event while one
/// may still become that. For any thread.
/// </summary>
internal sealed class WritesUnderWay
{
    private readonly ConcurrentDictionary<string, Task> _newest = new(StringComparer.Ordinal);

    /// <summary>A write of an entity begins.</summary>
    public void Begin(string persistenceId, Task write) => _newest[persistenceId] = write;

    /// <summary>It has ended, whichever way.</summary>
    public void End(string persistenceId, Task write) => _newest.TryRemove(KeyValuePair.Create(persistenceId, write));

    /// <summary>Completes when an entity's newest write has ended, however that was.</summary>
    public Task WaitAsync(string persistenceId) =>
        _newest.TryGetValue(persistenceId, out var write) ? write.ContinueWith(static _ => { }, TaskScheduler.Default) : Task.CompletedTask;
}
