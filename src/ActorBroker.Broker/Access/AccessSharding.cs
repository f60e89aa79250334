using ActorBroker.Contracts;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ActorBroker.Broker.Access;

/// <summary>Starts a node's way to the one access entity of the cluster.</summary>
public static class AccessSharding
{
    /// <summary>Starts the node's region, or returns the one that is started; it takes every <see cref="AccessCommand"/>.</summary>
    /// <param name="system">The node, on its way into a cluster.</param>
    /// <param name="options">What the cluster's first start writes; the same on all nodes.</param>
    /// <param name="time">For the origin of what the first start writes.</param>
    public static IActorRef Start(ActorSystem system, AccessOptions options, TimeProvider time) =>
        ClusterSharding.Get(system).Start(
            EntityIds.AccessType,
            entityId => AccessActor.Props(entityId, options, time),
            ClusterShardingSettings.Create(system),
            HashCodeMessageExtractor.Create(1, message => (message as AccessCommand)?.EntityId!, message => message));
}
