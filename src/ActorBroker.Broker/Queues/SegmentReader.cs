using ActorBroker.Contracts;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Queues;
using Akka.Persistence.Query;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace ActorBroker.Broker.Queues;

/// <summary>Reads bodies back from the journal by range, outside the queue's actor.</summary>
public sealed class SegmentReader(ICurrentEventsByPersistenceIdQuery journal, IMaterializer materializer)
{
    /// <summary>The batches of all events in the segment's range that are readable, copies too, by ascending event.</summary>
    public async Task<SegmentContent> ReadAsync(string persistenceId, SegmentAddress segment)
    {
        var batches = new List<PlacedBatch>();
        var damaged = new List<DamagedEvent>();
        await journal
            .CurrentEventsByPersistenceId(persistenceId, segment.FirstSequenceNr, segment.LastSequenceNr)
            .RunForeach(
                envelope => Take(envelope.Event, envelope.SequenceNr, batches, damaged),
                materializer)
            .ConfigureAwait(false);
        return new SegmentContent(batches, damaged);
    }

    /// <summary>Adds what an event holds, and what of it is damaged.</summary>
    internal static void Take(object journalEvent, long sequenceNr, List<PlacedBatch> batches, List<DamagedEvent> damaged)
    {
        if (journalEvent is MessagesWritten written)
        {
            batches.AddRange(written.Write.Batches.Select(placed => placed with { At = written.At }));
            batches.AddRange(written.Write.Copies);
        }

        if (DamagedEvent.Of(journalEvent, sequenceNr) is { } found)
        {
            damaged.Add(found);
        }
    }
}

/// <summary>What the journal holds of a segment.</summary>
/// <param name="Batches">Those that are readable.</param>
/// <param name="Damaged">Events of which something is not.</param>
public sealed record SegmentContent(IReadOnlyList<PlacedBatch> Batches, IReadOnlyList<DamagedEvent> Damaged);
