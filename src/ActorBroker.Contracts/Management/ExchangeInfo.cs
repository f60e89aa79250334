using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;

namespace ActorBroker.Contracts.Management;

/// <summary>One exchange, the default one (of the empty name) and predeclared ones included.</summary>
/// <param name="VirtualHost">Its virtual host.</param>
/// <param name="Name">Its name.</param>
/// <param name="Definition">As declared.</param>
/// <param name="Policy">What policies say of it.</param>
public sealed record ExchangeInfo(string VirtualHost, string Name, ExchangeDefinition Definition, EffectivePolicy Policy)
{
    /// <summary>publish_in, publish_out; empty where nothing ever happened.</summary>
    public IReadOnlyList<Figure> MessageStats { get; init; } = [];
}

/// <summary>One binding; that of a queue to the default exchange under its own name included.</summary>
/// <param name="VirtualHost">Its virtual host.</param>
/// <param name="Source">The exchange; empty for the default one.</param>
/// <param name="Destination">Where it leads.</param>
/// <param name="RoutingKey">Its key.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record BindingInfo(string VirtualHost, string Source, Destination Destination, string RoutingKey, ArgumentTable Arguments);
