using ActorBroker.Broker.Forwarding;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Messages;

namespace ActorBroker.Broker.Events;

/// <summary>An event on its way to those who are bound: properties and no body.</summary>
internal sealed class EventMessage : ForwardedMessage
{
    public EventMessage(string routingKey, ReadOnlyMemory<byte> properties)
    {
        Exchange = PredeclaredExchanges.Event;
        Route = MessageRoute.Create(Exchange.Name, routingKey);
        RoutingKey = routingKey;
        Properties = properties;
        Flags = MessageFlags.Persistent | MessageFlags.HasHeaders;
    }
}
