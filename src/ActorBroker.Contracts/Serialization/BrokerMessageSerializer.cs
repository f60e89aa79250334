using ActorBroker.Contracts.Serialization.Formats;
using ActorBroker.Contracts.Transfer;
using Akka.Actor;

namespace ActorBroker.Contracts.Serialization;

/// <summary>Writes every <see cref="IBrokerMessage"/>.</summary>
public sealed class BrokerMessageSerializer(ExtendedActorSystem system) : FormatTableSerializer(system, Formats(system))
{
    /// <summary>Written beside every message: never changes.</summary>
    public override int Identifier => 7101;

    /// <inheritdoc/>
    public override string Manifest(object o) => o is WrittenMessage written ? written.Manifest : base.Manifest(o);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => obj is WrittenMessage written ? written.Bytes : base.ToBinary(obj);

    /// <summary>The message as this serializer would write it, for it to be given out later.</summary>
    internal WrittenMessage Written(object message) => new(base.Manifest(message), base.ToBinary(message), message.GetType());

    private static FormatTable Formats(ExtendedActorSystem system)
    {
        var formats = new FormatTable();
        var actors = new ActorReferences(system);
        QueueMessageFormats.AddTo(formats, actors);
        MessageTransferFormats.AddTo(formats);
        SettlementFormats.AddTo(formats);
        HistoryFormats.AddTo(formats);
        ContentsFormats.AddTo(formats);
        ExchangeFormats.AddMessagesTo(formats);
        RoutesFormats.AddTo(formats);
        CatalogueFormats.AddMessagesTo(formats);
        PolicyFormats.AddMessagesTo(formats);
        LimitFormats.AddMessagesTo(formats);
        ParameterFormats.AddMessagesTo(formats);
        AccessFormats.AddTo(formats);
        AccessChangeFormats.AddMessagesTo(formats);
        TransactionFormats.AddMessagesTo(formats);
        AlarmFormats.AddTo(formats);
        ClusteringFormats.AddTo(formats);
        ClientSessionFormats.AddTo(formats, actors);
        ClientRequestFormats.AddTo(formats);
        PlacementFormats.AddTo(formats, actors);
        TransferFormats.AddTo(formats);
        ManagementFormats.AddTo(formats);
        return formats;
    }
}
