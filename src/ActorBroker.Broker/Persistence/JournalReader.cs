using System.Runtime.Serialization;
using ActorBroker.Contracts;
using Akka.Actor;
using Serializers = Akka.Serialization.Serialization;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// Reads ranges from the table of Akka.Persistence.Sql, whichever database that is in.
/// </summary>
/// <remarks>
/// Its read journal would do, but starts an actor that follows the order of all events of the whole table, for queries
/// that nobody asks here: with a thousand queues that write, it took two fifths of the broker's CPU.
/// </remarks>
public sealed class JournalReader : IEventReader
{
    private readonly JournalPlugins _journals;
    private readonly Serializers _serializers;

    /// <summary>Reads what an actor system keeps in <see cref="JournalStores"/>.</summary>
    public JournalReader(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        _journals = JournalPlugins.Of(system) ?? throw new ArgumentException("The actor system keeps its entities elsewhere.", nameof(system));
        _serializers = system.Serialization;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredEvent> ReadAsync(string persistenceId, long firstSequenceNr, long lastSequenceNr)
    {
        foreach (var row in await _journals.StoreOf(persistenceId).ReadEventsAsync(persistenceId, firstSequenceNr, lastSequenceNr).ConfigureAwait(false))
        {
            yield return new StoredEvent(row.SequenceNr, EventOf(row));
        }
    }

    private object EventOf(EventRow row)
    {
        try
        {
            return _serializers.Deserialize(row.Message, row.Identifier, row.Manifest);
        }
        catch (SerializationException failure)
        {
            return new UnreadableEvent(row.Manifest, failure.Message);
        }
    }
}
