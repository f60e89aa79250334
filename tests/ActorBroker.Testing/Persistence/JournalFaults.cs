using Akka.Actor;

namespace ActorBroker.Testing.Persistence;

/// <summary>What becomes of a write.</summary>
public enum JournalFault
{
    /// <summary>It is written.</summary>
    None,

    /// <summary>The journal fails; the persistent actor stops.</summary>
    Fail,

    /// <summary>The journal refuses the event; the persistent actor may go on.</summary>
    Reject,
}

/// <summary>
/// What the <see cref="FaultyJournal"/> of an actor system does with the next writes of a persistence id. For any thread.
/// </summary>
public sealed class JournalFaults : IExtension
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JournalFault> _next = [];
    private readonly Dictionary<string, TaskCompletionSource> _held = [];

    /// <summary>Of this actor system.</summary>
    public static JournalFaults Of(ActorSystem system) => system.WithExtension<JournalFaults, Provider>();

    /// <summary>The next write meets this fault, the ones after it none.</summary>
    public void Next(string persistenceId, JournalFault fault)
    {
        lock (_lock)
            _next[persistenceId] = fault;
    }

    /// <summary>Writes wait until <see cref="Release"/>.</summary>
    public void Hold(string persistenceId)
    {
        lock (_lock)
            _held[persistenceId] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Lets the held writes go on.</summary>
    public void Release(string persistenceId)
    {
        TaskCompletionSource? held;
        lock (_lock)
            _held.Remove(persistenceId, out held);
        held?.SetResult();
    }

    internal async Task<JournalFault> NextWriteAsync(string persistenceId)
    {
        Task? held;
        lock (_lock)
            held = _held.GetValueOrDefault(persistenceId)?.Task;
        if (held is not null)
            await held;
        lock (_lock)
            return _next.Remove(persistenceId, out var fault) ? fault : JournalFault.None;
    }

    private sealed class Provider : ExtensionIdProvider<JournalFaults>
    {
        public override JournalFaults CreateExtension(ExtendedActorSystem system) => new();
    }
}
