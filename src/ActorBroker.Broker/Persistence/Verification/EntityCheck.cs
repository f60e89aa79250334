using System.Globalization;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Queues;

namespace ActorBroker.Broker.Persistence.Verification;

/// <summary>Follows the events of one entity, by ascending sequence number, as its recovery would.</summary>
/// <param name="persistenceId">The entity's.</param>
/// <param name="snapshots">Sequence numbers of its readable snapshots, ascending.</param>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class EntityCheck(string persistenceId, IReadOnlyList<long> snapshots, List<StoreFinding> findings)
{
    private long _last;
    private bool _hasContent;

    /// <summary>All that is written is of a queue that is not durable: any beginning will do.</summary>
    private bool _isTransient = true;

    private bool _isDeclared = snapshots.Count > 0;
    private bool _hasHomelessMessages;

    public string PersistenceId { get; } = persistenceId;

    /// <summary>The lowest sequence number whose event is there.</summary>
    public long First { get; private set; }

    public void Add(StoredRow row)
    {
        if (row.Content is null)
        {
            // Of a trimmed range the last row stays, so that numbers are not given out again.
            _last = row.SequenceNr;
            return;
        }

        First = First == 0 ? row.SequenceNr : First;
        if (_hasContent && row.SequenceNr > _last + 1)
        {
            var missing = string.Create(
                CultureInfo.InvariantCulture, $"events {_last + 1} to {row.SequenceNr - 1} are not there: refused when they were written, or lost");
            findings.Add(new StoreFinding(StoreFindingKind.MissingEvents, PersistenceId, _last + 1, missing));
        }

        _hasContent = true;
        _last = row.SequenceNr;
        _isTransient = row.Content is QueueDeleted || (_isTransient && row.Content is MessagesWritten { IsOfTransientQueue: true });
        switch (row.Content)
        {
            case QueueDeclared:
                _isDeclared = true;
                break;
            case QueueDeleted:
                (_isDeclared, _hasHomelessMessages) = (false, false);
                break;
            case MessagesWritten { IsOfTransientQueue: false } when !_isDeclared && First < row.SequenceNr:
                _hasHomelessMessages = true;
                break;
        }

        switch (row.Content)
        {
            case UnreadableEvent unreadable:
                findings.Add(new StoreFinding(StoreFindingKind.UnreadableEvent, PersistenceId, row.SequenceNr, unreadable.Reason));
                break;
            case MessagesWritten { Damage: { } damage } written:
                findings.Add(new StoreFinding(
                    StoreFindingKind.DamagedMessages, PersistenceId, row.SequenceNr, damage, written.Lost.Sum(static range => range.Count)));
                break;
        }
    }

    /// <summary>There are no more events.</summary>
    public void End(bool hadSnapshots)
    {
        // The first event of an entity is 1; later ones come first where a snapshot made those before superfluous.
        if (_hasContent && First > 1 && !_isTransient && snapshots.Count == 0)
        {
            findings.Add(new StoreFinding(
                StoreFindingKind.NoBeginning, PersistenceId, null,
                string.Create(CultureInfo.InvariantCulture, $"events 1 to {First - 1} are gone and no snapshot that is readable has what they said")));
        }
        else if (_hasHomelessMessages)
        {
            findings.Add(new StoreFinding(StoreFindingKind.NoBeginning, PersistenceId, null, "its messages are there and its definition is not"));
        }
        else if (!_hasContent && hadSnapshots && snapshots.Count == 0)
        {
            findings.Add(new StoreFinding(StoreFindingKind.NoBeginning, PersistenceId, null, "it has no events and no readable snapshot"));
        }
    }
}
