using System.Collections.Immutable;
using Akka.Persistence;
using Serializers = Akka.Serialization.Serialization;

namespace ActorBroker.Broker.Persistence;

/// <summary>Makes rows of events, with the serializers that an actor system has for them. For any thread.</summary>
/// <param name="serializers">The actor system's.</param>
internal sealed class EventRows(Serializers serializers)
{
    /// <summary>The rows of writes that belong together, in their order.</summary>
    public List<EventRow> Of(List<AtomicWrite> writes)
    {
        List<EventRow> rows = [];
        foreach (var write in writes)
        {
            foreach (var persisted in (IImmutableList<IPersistentRepresentation>)write.Payload)
            {
                rows.Add(Of(persisted));
            }
        }

        return rows;
    }

    private EventRow Of(IPersistentRepresentation persisted)
    {
        var serializer = serializers.FindSerializerFor(persisted.Payload);
        var (message, manifest) = Serializers.WithTransport(
            serializers.System,
            (persisted.Payload, serializer),
            static of => (of.serializer.ToBinary(of.Payload), Serializers.ManifestFor(of.serializer, of.Payload)));
        return new EventRow(persisted.PersistenceId, persisted.SequenceNr, message, manifest, serializer.Identifier, persisted.WriterGuid);
    }
}
