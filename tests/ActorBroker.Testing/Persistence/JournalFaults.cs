using Akka.Actor;
using Akka.Persistence;

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
/// What the <see cref="FaultyJournal"/> of an actor system does with the next writes of a persistence id, and what it
/// holds. For any thread.
/// </summary>
public sealed class JournalFaults : IExtension
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JournalFault> _next = [];
    private readonly Dictionary<string, TaskCompletionSource> _held = [];
    private readonly Dictionary<string, Exception> _refused = [];
    private readonly HashSet<string> _refusedOnce = [];
    private readonly Dictionary<string, List<IPersistentRepresentation>> _written = [];
    private readonly Dictionary<(string PersistenceId, long SequenceNr), object?> _replaced = [];

    /// <summary>Of this actor system.</summary>
    public static JournalFaults Of(ActorSystem system) => system.WithExtension<JournalFaults, Provider>();

    /// <summary>The next write meets this fault, the ones after it none.</summary>
    public void Next(string persistenceId, JournalFault fault)
    {
        lock (_lock)
            _next[persistenceId] = fault;
    }

    /// <summary>All writes are rejected for this reason until <see cref="Accept"/>.</summary>
    public void Refuse(string persistenceId, Exception reason)
    {
        lock (_lock)
            _refused[persistenceId] = reason;
    }

    /// <summary>As <see cref="Refuse"/>, for the next write only.</summary>
    public void RefuseNext(string persistenceId, Exception reason)
    {
        lock (_lock)
        {
            _refused[persistenceId] = reason;
            _refusedOnce.Add(persistenceId);
        }
    }

    /// <summary>Ends what <see cref="Refuse"/> began.</summary>
    public void Accept(string persistenceId)
    {
        lock (_lock)
            _refused.Remove(persistenceId);
    }

    /// <summary>How many writes <see cref="Refuse"/> has rejected.</summary>
    public int RefusedWrites { get; private set; }

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

    /// <summary>The events that were written and not deleted, by ascending sequence number.</summary>
    public IReadOnlyList<IPersistentRepresentation> Written(string persistenceId)
    {
        lock (_lock)
            return _written.TryGetValue(persistenceId, out var events) ? [.. events] : [];
    }

    /// <summary>Reads find this in the place of an event, or with null, nothing.</summary>
    public void Replace(string persistenceId, long sequenceNr, object? found)
    {
        lock (_lock)
            _replaced[(persistenceId, sequenceNr)] = found;
    }

    /// <summary>What reads find of an event.</summary>
    public IPersistentRepresentation? Found(IPersistentRepresentation written)
    {
        ArgumentNullException.ThrowIfNull(written);
        lock (_lock)
        {
            return !_replaced.TryGetValue((written.PersistenceId, written.SequenceNr), out var found) ? written
                : found is null ? null
                : written.WithPayload(found);
        }
    }

    internal Exception? RefusalOf(string persistenceId)
    {
        lock (_lock)
        {
            if (!_refused.TryGetValue(persistenceId, out var reason))
                return null;
            if (_refusedOnce.Remove(persistenceId))
                _refused.Remove(persistenceId);
            RefusedWrites++;
            return reason;
        }
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

    internal void NoteWritten(IEnumerable<AtomicWrite> writes)
    {
        lock (_lock)
        {
            foreach (var representation in writes.SelectMany(static write => (IEnumerable<IPersistentRepresentation>)write.Payload))
            {
                if (!_written.TryGetValue(representation.PersistenceId, out var events))
                    _written.Add(representation.PersistenceId, events = []);
                events.Add(representation);
            }
        }
    }

    internal void NoteDeleted(string persistenceId, long toSequenceNr)
    {
        lock (_lock)
        {
            if (_written.TryGetValue(persistenceId, out var events))
                events.RemoveAll(representation => representation.SequenceNr <= toSequenceNr);
        }
    }

    private sealed class Provider : ExtensionIdProvider<JournalFaults>
    {
        public override JournalFaults CreateExtension(ExtendedActorSystem system) => new();
    }
}
