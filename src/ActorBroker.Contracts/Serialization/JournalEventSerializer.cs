using Akka.Actor;

namespace ActorBroker.Contracts.Serialization;

/// <summary>Writes every <see cref="IJournalEvent"/>: events and snapshots.</summary>
public sealed class JournalEventSerializer(ExtendedActorSystem system) : FormatTableSerializer(system, Formats())
{
    /// <summary>Kept in every row of the journal: never changes.</summary>
    public override int Identifier => 7102;

    private static FormatTable Formats()
    {
        var formats = new FormatTable();
        QueueEventFormats.AddTo(formats);
        ExchangeFormats.AddEventsTo(formats);
        CatalogueFormats.AddEventsTo(formats);
        PolicyFormats.AddEventsTo(formats);
        LimitFormats.AddEventsTo(formats);
        TransactionFormats.AddEventsTo(formats);
        AccessFormats.AddEventsTo(formats);
        return formats;
    }
}
