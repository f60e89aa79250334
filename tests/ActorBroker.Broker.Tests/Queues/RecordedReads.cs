using ActorBroker.Broker.Persistence;
using ActorBroker.Testing.Persistence;
using Akka.Persistence;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>Reads what the test's journal has written, unless it is told to fail or to have lost events.</summary>
internal sealed class RecordedReads(JournalFaults journal) : IEventReader
{
    private int _reads;

    /// <summary>Reads so far.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Reads fail as long as this is so.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Sequence numbers of events that are not found.</summary>
    public IReadOnlySet<long> Lost { get; set; } = new HashSet<long>();

    public async IAsyncEnumerable<StoredEvent> ReadAsync(string persistenceId, long firstSequenceNr, long lastSequenceNr)
    {
        Interlocked.Increment(ref _reads);
        await Task.Yield();
        if (IsBroken)
            throw new IOException("the disk does not answer");
        var range = journal.Written(persistenceId)
            .Where(written => written.SequenceNr >= firstSequenceNr && written.SequenceNr <= lastSequenceNr && !Lost.Contains(written.SequenceNr))
            .Select(journal.Found)
            .OfType<IPersistentRepresentation>();
        foreach (var written in range)
            yield return new StoredEvent(written.SequenceNr, written.Payload);
    }
}
