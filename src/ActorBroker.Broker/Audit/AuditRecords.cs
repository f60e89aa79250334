using ActorBroker.Contracts.Events;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;

namespace ActorBroker.Broker.Audit;

/// <summary>Makes records of events: of which, and what they say. Queues, exchanges, bindings and messages; the rest is administration.</summary>
/// <param name="notesTransient">Also what clients declare for themselves.</param>
internal sealed partial class AuditRecords(bool notesTransient)
{
    // What clients write is in here: a record must fit into a page of them.
    private const int DetailsBytesMax = 32 * 1024;
    private const int PositionsMax = 100;

    /// <summary>The types of events of which there may be a record.</summary>
    public static IReadOnlyList<Type> Events { get; } =
    [
        typeof(QueueCreated), typeof(QueueChanged), typeof(QueueDeleted), typeof(QueuePurged),
        typeof(MessagesRemoved), typeof(MessagesTransferred),
        typeof(ExchangeCreated), typeof(Contracts.Events.ExchangeDeleted), typeof(BindingCreated), typeof(BindingDeleted),
        typeof(AccessChanged), typeof(VirtualHostChanged),
    ];

    /// <summary>The record of an event; null where it is not noted.</summary>
    public AuditRecord? Of(BrokerEvent happened) =>
        (notesTransient || !IsTransient(happened)) && RecordOf(happened) is { } record ? Bounded(record) : null;

    private static bool IsTransient(BrokerEvent happened) => happened switch
    {
        QueueCreated created => IsTransient(created.Definition),
        QueueDeleted deleted => deleted.IsOfTransient,
        ExchangeCreated created => created.Definition is { Durable: false } or { AutoDelete: true },
        Contracts.Events.ExchangeDeleted deleted => deleted.IsOfTransient,
        BindingCreated created => created.IsOfTransient,
        BindingDeleted deleted => deleted.IsOfTransient,
        _ => false,
    };

    // Bindings that go with their destination are told of by its deletion.
    private static AuditRecord? RecordOf(BrokerEvent happened) =>
        happened switch
        {
            QueueCreated created => OfQueue("created", created.Queue, created.Origin, DetailsOf(created.Definition)),
            QueueChanged changed => OfQueue("changed", changed.Queue, changed.Origin, DetailsOf(changed.Definition)),
            QueueDeleted deleted => OfQueue("deleted", deleted.Queue, deleted.Origin, ArgumentTable.Empty),
            QueuePurged purged => OfQueue("purged", purged.Queue, purged.Origin, ArgumentTable.Of(("messages", ArgumentValue.FromInt64(purged.Count)))),
            MessagesRemoved removed => new AuditRecord(
                "message", removed.DeadLettered ? "dead_lettered" : "deleted", removed.Queue.VirtualHost, removed.Queue.Name, removed.Origin, DetailsOf(removed)),
            MessagesTransferred transferred => new AuditRecord(
                "message", transferred.Kept ? "replayed" : "moved", transferred.Queue.VirtualHost, transferred.Queue.Name, transferred.Origin, DetailsOf(transferred)),
            ExchangeCreated created => OfExchange("created", created.Exchange, created.Origin, DetailsOf(created.Definition)),
            Contracts.Events.ExchangeDeleted deleted => OfExchange("deleted", deleted.Exchange, deleted.Origin, ArgumentTable.Empty),
            BindingCreated created => OfBinding("created", created.Exchange, created.Binding, created.Origin),
            BindingDeleted { WithDestination: true } => null,
            BindingDeleted deleted => OfBinding("deleted", deleted.Exchange, deleted.Binding, deleted.Origin),
            AccessChanged changed => OfAccess(changed.Change),
            VirtualHostChanged changed => OfVirtualHost(changed.Change),
            _ => null,
        };

    private static bool IsTransient(QueueDefinition definition) => definition is { Durable: false } or { Exclusive: true } or { AutoDelete: true };

    private static AuditRecord OfQueue(string action, QueueKey queue, Origin origin, ArgumentTable details) =>
        new("queue", action, queue.VirtualHost, queue.Name, origin, details);

    private static AuditRecord OfExchange(string action, ExchangeKey exchange, Origin origin, ArgumentTable details) =>
        new("exchange", action, exchange.VirtualHost, exchange.Name, origin, details);

    private static AuditRecord OfBinding(string action, ExchangeKey exchange, Binding binding, Origin origin) => new(
        "binding", action, exchange.VirtualHost, exchange.Name, origin, ArgumentTable.Of(
            ("destination", ArgumentValue.FromString(binding.Destination.Name)),
            ("destination_type", ArgumentValue.FromString(binding.Destination.Kind == DestinationKind.Queue ? "queue" : "exchange")),
            ("routing_key", ArgumentValue.FromString(binding.RoutingKey)),
            ("arguments", ArgumentValue.FromTable(binding.Arguments))));

    private static ArgumentTable DetailsOf(QueueDefinition definition) => ArgumentTable.Of(
        ("durable", ArgumentValue.FromBoolean(definition.Durable)),
        ("exclusive", ArgumentValue.FromBoolean(definition.Exclusive)),
        ("auto_delete", ArgumentValue.FromBoolean(definition.AutoDelete)),
        ("arguments", ArgumentValue.FromTable(definition.Arguments)));

    private static ArgumentTable DetailsOf(ExchangeDefinition definition) => ArgumentTable.Of(
        ("type", ArgumentValue.FromString(definition.Type)),
        ("durable", ArgumentValue.FromBoolean(definition.Durable)),
        ("auto_delete", ArgumentValue.FromBoolean(definition.AutoDelete)),
        ("internal", ArgumentValue.FromBoolean(definition.Internal)),
        ("arguments", ArgumentValue.FromTable(definition.Arguments)));

    private static ArgumentTable DetailsOf(MessagesRemoved removed) => ArgumentTable.Of(
        ("messages", ArgumentValue.FromInt64(removed.Count)),
        ("positions", ArgumentValue.FromArray([.. removed.Positions.Take(PositionsMax).Select(TextOf)])));

    private static ArgumentValue TextOf(PositionRange range) =>
        ArgumentValue.FromString(range.Count == 1 ? $"{range.First}" : $"{range.First}-{range.End - 1}");

    private static ArgumentTable DetailsOf(MessagesTransferred transferred) => ArgumentTable.Of(
        ("messages", ArgumentValue.FromInt64(transferred.Count)),
        ("destination", ArgumentValue.FromString(transferred.Destination.Name)),
        ("destination_type", ArgumentValue.FromString(transferred.Destination.Kind == DestinationKind.Queue ? "queue" : "exchange")));

    private static AuditRecord Bounded(AuditRecord record)
    {
        var size = ArgumentTableCodec.Encode(record.Details).Length;
        return size <= DetailsBytesMax
            ? record
            : record with { Details = ArgumentTable.Of(("omitted_bytes", ArgumentValue.FromInt64(size))) };
    }
}
