using ActorBroker.Broker.Forwarding;
using ActorBroker.Broker.Policies;
using ActorBroker.Broker.Routing;
using ActorBroker.Contracts;
using Akka.Actor;

namespace ActorBroker.Broker.Exchanges;

/// <summary>Starts the exchanges of a node.</summary>
public static class ExchangeSharding
{
    /// <summary>Starts this node's region of exchanges, or returns the one that is started.</summary>
    /// <param name="system">The node.</param>
    /// <param name="settings">What the exchanges need; see <see cref="Settings"/>.</param>
    /// <param name="shardCount">The same on all nodes: entities are spread over so many shards.</param>
    public static IActorRef Start(ActorSystem system, ExchangeSettings settings, int shardCount) =>
        EntitySharding.Start(
            system, EntityIds.ExchangeType, entityId => ExchangeActor.Props(entityId, settings), shardCount, ExchangeActor.StopExchange.Instance);

    /// <summary>Settings that find the regions by their types, so that they may be started in any order.</summary>
    public static ExchangeSettings Settings(NodePolicies policies, ForwardingServices forwarding) => new(
        EntitySharding.Region(EntityIds.QueueType),
        EntitySharding.Region(EntityIds.ExchangeType),
        EntitySharding.Region(EntityIds.CatalogueType),
        policies,
        forwarding)
    {
        Nodes = FollowerSearch.ReachableNodes,
    };
}
