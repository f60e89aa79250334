using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Queues;

namespace ActorBroker.Broker.Queues;

/// <summary>Reads bodies back from the journal by range, outside the queue's actor.</summary>
public sealed class SegmentReader(IEventReader journal)
{
    /// <summary>The batches of all events in the segment's range that are readable, copies too unless it says otherwise, by ascending event.</summary>
    public async Task<SegmentContent> ReadAsync(string persistenceId, SegmentAddress segment)
    {
        var batches = new List<PlacedBatch>();
        var damaged = new List<DamagedEvent>();
        var events = journal.ReadAsync(persistenceId, segment.FirstSequenceNr, segment.LastSequenceNr);
        await foreach (var (sequenceNr, journalEvent) in events.ConfigureAwait(false))
        {
            if (journalEvent is MessagesWritten written)
            {
                batches.AddRange(written.Write.Batches.Select(placed => placed with { At = written.At }));
                if (!segment.WithoutCopies)
                {
                    batches.AddRange(written.Write.Copies);
                }
            }

            if (DamagedEvent.Of(journalEvent, sequenceNr) is { } found)
            {
                damaged.Add(found);
            }
        }

        return new SegmentContent(batches, damaged);
    }
}

/// <summary>What the journal holds of a segment.</summary>
/// <param name="Batches">Those that are readable.</param>
/// <param name="Damaged">Events of which something is not.</param>
public sealed record SegmentContent(IReadOnlyList<PlacedBatch> Batches, IReadOnlyList<DamagedEvent> Damaged);
