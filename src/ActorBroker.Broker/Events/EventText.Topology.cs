using ActorBroker.Contracts.Events;
using ActorBroker.Core.Alarms;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;

namespace ActorBroker.Broker.Events;

/// <content>Queues, exchanges and bindings; the rest is administration.</content>
internal sealed partial class EventText
{
    private IEnumerable<(string RoutingKey, EventHeaders Headers)> OfBroker(BrokerEvent happened)
    {
        switch (happened)
        {
            case QueueCreated created:
                return [("queue.created", Created(created))];
            case QueueDeleted deleted:
                return [("queue.deleted", By(Place(deleted.Queue.Name, deleted.Queue.VirtualHost), deleted.Origin.User))];
            case ExchangeCreated created:
                return [("exchange.created", Created(created))];
            case Contracts.Events.ExchangeDeleted deleted:
                return [("exchange.deleted", By(Place(deleted.Exchange.Name, deleted.Exchange.VirtualHost), deleted.Origin.User))];
            case BindingCreated created:
                return [("binding.created", By(Binding(created.Exchange, created.Binding), created.Origin.User))];
            case BindingDeleted deleted:
                return [("binding.deleted", By(Binding(deleted.Exchange, deleted.Binding), UserOf(deleted)))];
            case AlarmChanged changed:
                return [(changed.IsSet ? "alarm.set" : "alarm.cleared", Alarm(changed))];
            case AccessChanged changed:
                return OfAccess(changed.Change);
            case VirtualHostChanged changed:
                return OfVirtualHost(changed.Change);
            default:
                return [];
        }
    }

    private static EventHeaders Place(string name, string virtualHost) => new EventHeaders().Add("name", name).Add("vhost", virtualHost);

    private EventHeaders Created(QueueCreated created)
    {
        var definition = created.Definition;
        var headers = Place(created.Queue.Name, created.Queue.VirtualHost)
            .Add("durable", definition.Durable)
            .Add("auto_delete", definition.AutoDelete)
            .AddTerms("arguments", definition.Arguments);

        // Each type of queue has a form of its own.
        switch (QueueArguments.TypeOf(definition.Arguments))
        {
            case QueueType.Stream:
                headers.Add("type", "rabbit_stream_queue");
                break;
            case QueueType.Quorum:
                headers.Add("type", "rabbit_quorum_queue").Add("exclusive", definition.Exclusive);
                break;
            default:
                headers.Add("owner_pid", created.Owner is { } owner ? names.Of(owner) : string.Empty).Add("exclusive", definition.Exclusive);
                break;
        }

        return By(headers, created.Origin.User);
    }

    private EventHeaders Created(ExchangeCreated created)
    {
        var definition = created.Definition;
        return By(
            Place(created.Exchange.Name, created.Exchange.VirtualHost)
                .Add("type", definition.Type)
                .Add("durable", definition.Durable)
                .Add("auto_delete", definition.AutoDelete)
                .Add("internal", definition.Internal)
                .AddTerms("arguments", definition.Arguments)
                .Add("policy", policyOf(created.Exchange)),
            created.Origin.User);
    }

    private static EventHeaders Binding(ExchangeKey exchange, Binding binding) => new EventHeaders()
        .Add("source_name", exchange.Name)
        .Add("source_kind", "exchange")
        .Add("destination_name", binding.Destination.Name)
        .Add("destination_kind", binding.Destination.Kind == DestinationKind.Queue ? "queue" : "exchange")
        .Add("routing_key", binding.RoutingKey)
        .AddTerms("arguments", binding.Arguments)
        .Add("vhost", exchange.VirtualHost);

    // What goes with its queue is nobody's deed.
    private static string UserOf(BindingDeleted deleted) =>
        deleted is { WithDestination: true, Binding.Destination.Kind: DestinationKind.Queue } ? Nobody : deleted.Origin.User;

    private static EventHeaders Alarm(AlarmChanged changed) =>
        new EventHeaders().Add("source", changed.Resource == ResourceAlarms.Memory ? "memory" : "disk").Add("node", changed.Node);
}
