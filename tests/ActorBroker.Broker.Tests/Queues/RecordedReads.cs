using ActorBroker.Testing.Persistence;
using Akka;
using Akka.Persistence;
using Akka.Persistence.Query;
using Akka.Streams.Dsl;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>Reads what the test's journal has written, unless it is told to fail or to have lost events.</summary>
internal sealed class RecordedReads(JournalFaults journal) : ICurrentEventsByPersistenceIdQuery
{
    private int _reads;

    /// <summary>Reads so far.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Reads fail as long as this is so.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Sequence numbers of events that are not found.</summary>
    public IReadOnlySet<long> Lost { get; set; } = new HashSet<long>();

    public Source<EventEnvelope, NotUsed> CurrentEventsByPersistenceId(string persistenceId, long fromSequenceNr, long toSequenceNr)
    {
        Interlocked.Increment(ref _reads);
        if (IsBroken)
            return Source.Failed<EventEnvelope>(new IOException("the disk does not answer"));
        return Source.From(journal.Written(persistenceId)
            .Where(written => written.SequenceNr >= fromSequenceNr && written.SequenceNr <= toSequenceNr && !Lost.Contains(written.SequenceNr))
            .Select(journal.Found)
            .OfType<IPersistentRepresentation>()
            .Select(written => new EventEnvelope(
                Offset.Sequence(written.SequenceNr), persistenceId, written.SequenceNr, written.Payload, written.Timestamp, [])));
    }
}
