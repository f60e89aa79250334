using ActorBroker.Broker.Routing;
using ActorBroker.Contracts;
using Akka.Actor;

namespace ActorBroker.Broker.Catalogue;

/// <summary>Starts the catalogues of a node.</summary>
public static class CatalogueSharding
{
    /// <summary>Starts this node's region of catalogues, or returns the one that is started.</summary>
    /// <param name="system">The node.</param>
    /// <param name="settings">What catalogues share.</param>
    /// <param name="shardCount">The same on all nodes: entities are spread over so many shards.</param>
    public static IActorRef Start(ActorSystem system, CatalogueSettings settings, int shardCount) =>
        EntitySharding.Start(
            system, EntityIds.CatalogueType, entityId => CatalogueActor.Props(entityId, settings), shardCount, CatalogueActor.StopCatalogue.Instance);

    /// <summary>Settings of catalogues that are followed by the nodes of the cluster.</summary>
    /// <param name="clock">By what waiting is measured.</param>
    public static CatalogueSettings Settings(TimeProvider clock) => new() { Clock = clock, Nodes = FollowerSearch.ReachableNodes };
}
