using Akka.Actor;

namespace ActorBroker.Contracts.Serialization;

/// <summary>Writes every <see cref="IBrokerMessage"/>.</summary>
public sealed class BrokerMessageSerializer(ExtendedActorSystem system) : FormatTableSerializer(system, Formats(system))
{
    /// <summary>Written beside every message: never changes.</summary>
    public override int Identifier => 7101;

    private static FormatTable Formats(ExtendedActorSystem system)
    {
        var formats = new FormatTable();
        var actors = new ActorReferences(system);
        QueueMessageFormats.AddTo(formats, actors);
        MessageTransferFormats.AddTo(formats);
        SettlementFormats.AddTo(formats);
        HistoryFormats.AddTo(formats);
        ExchangeFormats.AddMessagesTo(formats);
        RoutesFormats.AddTo(formats);
        CatalogueFormats.AddMessagesTo(formats);
        PolicyFormats.AddMessagesTo(formats);
        LimitFormats.AddMessagesTo(formats);
        AccessFormats.AddMessagesTo(formats);
        TransactionFormats.AddMessagesTo(formats);
        AlarmFormats.AddTo(formats);
        PlacementFormats.AddTo(formats, actors);
        return formats;
    }
}
