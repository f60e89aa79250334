using ActorBroker.Core.Arguments;

namespace ActorBroker.Core.Exchanges;

/// <summary>What an exchange was declared as (AMQP 0-9-1 §1.6.2.1). Never changes while the exchange exists.</summary>
/// <param name="Type">One of <see cref="ExchangeTypes"/>.</param>
/// <param name="Durable">Outlives a restart, as do its bindings to durable destinations.</param>
/// <param name="AutoDelete">Deleted when its last binding is removed, once it has had one.</param>
/// <param name="Internal">Clients may not publish to it; only bindings lead there.</param>
/// <param name="Arguments">As declared, e.g. <c>alternate-exchange</c>.</param>
public sealed record ExchangeDefinition(string Type, bool Durable, bool AutoDelete, bool Internal, ArgumentTable Arguments);

/// <summary>A binding of some exchange. Two bindings are the same when destination, key and arguments are equal.</summary>
public sealed record Binding(Names.Destination Destination, string RoutingKey, ArgumentTable Arguments);
