using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Queues;
using Akka.Persistence.Query;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace ActorBroker.Broker.Queues;

/// <summary>Reads bodies back from the journal by range, outside the queue's actor.</summary>
public sealed class SegmentReader(ICurrentEventsByPersistenceIdQuery journal, IMaterializer materializer)
{
    /// <summary>The batches of all events in the segment's range, copies too, by ascending event.</summary>
    public async Task<IReadOnlyList<PlacedBatch>> ReadAsync(string persistenceId, SegmentAddress segment)
    {
        var batches = new List<PlacedBatch>();
        await journal
            .CurrentEventsByPersistenceId(persistenceId, segment.FirstSequenceNr, segment.LastSequenceNr)
            .RunForeach(
                envelope =>
                {
                    if (envelope.Event is MessagesWritten written)
                    {
                        batches.AddRange(written.Write.Batches.Select(placed => placed with { At = written.At }));
                        batches.AddRange(written.Write.Copies);
                    }
                },
                materializer)
            .ConfigureAwait(false);
        return batches;
    }
}
