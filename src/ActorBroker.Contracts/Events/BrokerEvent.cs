using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Alarms;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using Akka.Actor;

namespace ActorBroker.Contracts.Events;

/// <summary>
/// Something has happened, and is in force: on the event stream of the node where it has, once in a cluster, for whoever
/// watches. It leaves the node only as what a subscriber makes of it. Without a subscriber nothing is kept and nothing is sent.
/// </summary>
public abstract record BrokerEvent : INoSerializationVerificationNeeded;

/// <summary>A queue was created.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Definition">As declared, with its type if that was left to the broker.</param>
/// <param name="Owner">Of an exclusive queue: the connection that it belongs to.</param>
/// <param name="Origin">Who declared it.</param>
public sealed record QueueCreated(QueueKey Queue, QueueDefinition Definition, IActorRef? Owner, Origin Origin) : BrokerEvent;

/// <summary>A queue is gone, with its bindings. The origin has no user when it went by itself.</summary>
public sealed record QueueDeleted(QueueKey Queue, Origin Origin) : BrokerEvent
{
    /// <summary>It was not durable, exclusive or auto-delete.</summary>
    public bool IsOfTransient { get; init; }
}

/// <summary>A queue has another definition: it was declared with leave to change it.</summary>
public sealed record QueueChanged(QueueKey Queue, QueueDefinition Definition, Origin Origin) : BrokerEvent;

/// <summary>Somebody removed all messages of a queue that nobody held.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Count">How many.</param>
/// <param name="Origin">Who.</param>
public sealed record QueuePurged(QueueKey Queue, long Count, Origin Origin) : BrokerEvent;

/// <summary>Somebody took some messages out of a queue, by their positions.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Positions">Which were meant.</param>
/// <param name="Count">How many were there.</param>
/// <param name="DeadLettered">They went to the queue's dead letter exchange, if it has one.</param>
/// <param name="Origin">Who.</param>
public sealed record MessagesRemoved(QueueKey Queue, IReadOnlyList<PositionRange> Positions, long Count, bool DeadLettered, Origin Origin) : BrokerEvent;

/// <summary>Somebody had messages of a queue published elsewhere.</summary>
/// <param name="Queue">Where they came from.</param>
/// <param name="Destination">Where they went.</param>
/// <param name="Count">How many arrived.</param>
/// <param name="Kept">They are in the queue, or its history, too.</param>
/// <param name="Origin">Who.</param>
public sealed record MessagesTransferred(QueueKey Queue, Destination Destination, long Count, bool Kept, Origin Origin) : BrokerEvent;

/// <summary>An exchange was created.</summary>
public sealed record ExchangeCreated(ExchangeKey Exchange, ExchangeDefinition Definition, Origin Origin) : BrokerEvent;

/// <summary>An exchange is gone, with its bindings.</summary>
public sealed record ExchangeDeleted(ExchangeKey Exchange, Origin Origin) : BrokerEvent
{
    /// <summary>It was not durable, or auto-delete.</summary>
    public bool IsOfTransient { get; init; }
}

/// <summary>A binding of an exchange was added.</summary>
public sealed record BindingCreated(ExchangeKey Exchange, Binding Binding, Origin Origin) : BrokerEvent
{
    /// <summary>Its source or its destination is not durable.</summary>
    public bool IsOfTransient { get; init; }
}

/// <summary>A binding of an exchange is gone.</summary>
/// <param name="Exchange">The source.</param>
/// <param name="Binding">Where it led.</param>
/// <param name="WithDestination">Because its destination was deleted.</param>
/// <param name="Origin">Who asked for it, or for the deletion that it came with.</param>
public sealed record BindingDeleted(ExchangeKey Exchange, Binding Binding, bool WithDestination, Origin Origin) : BrokerEvent
{
    /// <inheritdoc cref="BindingCreated.IsOfTransient"/>
    public bool IsOfTransient { get; init; }
}

/// <summary>A user, virtual host, permission or limit of these was written.</summary>
public sealed record AccessChanged(AccessEvent Change) : BrokerEvent;

/// <summary>Policies or settings of a virtual host were written.</summary>
public sealed record VirtualHostChanged(CatalogueEvent Change) : BrokerEvent;

/// <summary>A node runs short of something, or does no longer.</summary>
/// <param name="Node">The name of the node.</param>
/// <param name="Resource">One resource.</param>
/// <param name="IsSet">It runs short.</param>
public sealed record AlarmChanged(string Node, ResourceAlarms Resource, bool IsSet) : BrokerEvent;
