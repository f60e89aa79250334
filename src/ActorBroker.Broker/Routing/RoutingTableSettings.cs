using ActorBroker.Broker.Policies;
using ActorBroker.Contracts;
using ActorBroker.Core.Exchanges.Routing;
using Akka.Actor;

namespace ActorBroker.Broker.Routing;

/// <summary>Where the node's routing table actor gets its tables from.</summary>
/// <param name="ExchangeRegion">The region of exchanges, or its proxy.</param>
/// <param name="CatalogueRegion">The region of catalogues, or its proxy.</param>
/// <param name="Policies">The node's policies, which come with the names.</param>
public sealed record RoutingTableSettings(
    Func<ActorSystem, IActorRef> ExchangeRegion, Func<ActorSystem, IActorRef> CatalogueRegion, NodePolicies Policies)
{
    /// <summary>How long to wait for an entity before it is asked again.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>Starts a node's routing.</summary>
public static class RoutingTableStart
{
    /// <summary>Starts the actor that keeps <paramref name="tables"/>, once a node.</summary>
    public static IActorRef Start(ActorSystem system, RoutingTables tables, RoutingTableSettings settings)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.ActorOf(RoutingTableActor.Props(tables, settings), RoutingTableActor.Name);
    }

    /// <summary>Settings that find the regions by their types, so that they may be started in any order.</summary>
    public static RoutingTableSettings Settings(NodePolicies policies) => new(
        EntitySharding.Region(EntityIds.ExchangeType),
        EntitySharding.Region(EntityIds.CatalogueType),
        policies);
}
