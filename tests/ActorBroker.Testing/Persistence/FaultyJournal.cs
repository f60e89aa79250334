using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace ActorBroker.Testing.Persistence;

/// <summary>Akka's journal in memory, whose writes fail, are refused or wait as <see cref="JournalFaults"/> says.</summary>
public sealed class FaultyJournal : MemoryJournal
{
    private readonly JournalFaults _faults = JournalFaults.Of(Context.System);

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        switch (await _faults.NextWriteAsync(writes[0].PersistenceId))
        {
            case JournalFault.Fail:
                throw new IOException("the disk is full");
            case JournalFault.Reject:
                return writes.Select(Exception (_) => new InvalidOperationException("the event is refused")).ToImmutableList();
            case JournalFault.None when _faults.RefusalOf(writes[0].PersistenceId) is { } reason:
                return writes.Select(_ => reason).ToImmutableList();
            default:
                var rejected = await base.WriteMessagesAsync(writes, cancellationToken);
                _faults.NoteWritten(writes);
                return rejected;
        }
    }

    /// <inheritdoc/>
    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        ArgumentNullException.ThrowIfNull(recoveryCallback);
        return base.ReplayMessagesAsync(context, persistenceId, fromSequenceNr, toSequenceNr, max, written =>
        {
            if (_faults.Found(written) is { } found)
                recoveryCallback(found);
        });
    }

    /// <inheritdoc/>
    protected override async Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken)
    {
        await base.DeleteMessagesToAsync(persistenceId, toSequenceNr, cancellationToken);
        _faults.NoteDeleted(persistenceId, toSequenceNr);
    }
}
