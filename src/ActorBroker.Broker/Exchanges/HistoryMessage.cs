using ActorBroker.Broker.Forwarding;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;

namespace ActorBroker.Broker.Exchanges;

/// <summary>A copy of a message that an exchange remembers, on its way to a new destination of the exchange: as it was published.</summary>
internal sealed class HistoryMessage : ForwardedMessage
{
    private readonly string _source;

    private HistoryMessage(string source) => _source = source;

    /// <summary>Back through the exchange it would come to everybody again.</summary>
    public override string? AvoidedExchange => _source;

    /// <summary>A message of a segment that the history gave.</summary>
    /// <param name="source">The exchange that remembers it.</param>
    /// <param name="destination">Where it goes: to that queue alone, or by its own keys through that exchange.</param>
    /// <param name="batch">Holds the message.</param>
    /// <param name="index">Where in the batch.</param>
    /// <param name="formats">Reads its further keys.</param>
    public static HistoryMessage Of(ExchangeKey source, Destination destination, MessageBatch batch, int index, MessageFormats formats)
    {
        var view = batch[index];
        var route = batch.RouteOf(index);
        var message = new HistoryMessage(source.Name)
        {
            Format = view.Format,
            Priority = view.Priority,
            Body = batch.BodyOf(index),
            Properties = view.Properties.ToArray(),
            Flags = view.Flags,
            Route = route,
        };
        if (destination.Kind == DestinationKind.Queue)
        {
            message.Exchange = new ExchangeKey(source.VirtualHost, string.Empty);
            message.RoutingKey = destination.Name;
        }
        else
        {
            message.Exchange = new ExchangeKey(source.VirtualHost, destination.Name);
            message.RoutingKey = route.RoutingKey;
            message.MoreKeys = CarbonCopies.KeysOf(formats[view.Format].ReadHeaders(view.Properties));
        }

        return message;
    }
}
