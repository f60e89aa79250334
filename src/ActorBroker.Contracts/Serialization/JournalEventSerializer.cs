using System.Runtime.Serialization;
using Akka.Actor;

namespace ActorBroker.Contracts.Serialization;

/// <summary>
/// Writes every <see cref="IJournalEvent"/>: events and snapshots. Reading never fails, so that one damaged event stops
/// neither a recovery nor a read of the events beside it: what cannot be read is an <see cref="UnreadableEvent"/>, or a
/// <see cref="Queues.MessagesWritten"/> that says what it lacks.
/// </summary>
public sealed class JournalEventSerializer(ExtendedActorSystem system) : FormatTableSerializer(system, Formats())
{
    /// <summary>Kept in every row of the journal: never changes.</summary>
    public override int Identifier => 7102;

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return base.FromBinary(bytes, manifest);
        }
        catch (SerializationException failure)
        {
            return new UnreadableEvent(manifest, failure.Message);
        }
    }

    private static FormatTable Formats()
    {
        var formats = new FormatTable(isChecked: true);
        formats.AddProto(
            "je-aside1", Proto.EventSetAside.Parser,
            (EventSetAside e) => new Proto.EventSetAside { Manifest = e.Manifest, Reason = e.Reason },
            p => new EventSetAside(p.Manifest, p.Reason));
        QueueEventFormats.AddTo(formats);
        ExchangeFormats.AddEventsTo(formats);
        CatalogueFormats.AddEventsTo(formats);
        PolicyFormats.AddEventsTo(formats);
        LimitFormats.AddEventsTo(formats);
        AccessFormats.AddEventsTo(formats);
        return formats;
    }
}
