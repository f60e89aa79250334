using ActorBroker.Contracts;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ActorBroker.Broker.Routing;

/// <summary>How entities that are named by an <see cref="IShardedMessage"/> are spread over the nodes.</summary>
public static class EntitySharding
{
    /// <summary>Starts the node's region of a type of entity.</summary>
    /// <param name="system">The node.</param>
    /// <param name="type">See <see cref="EntityIds"/>.</param>
    /// <param name="props">By entity id.</param>
    /// <param name="shardCount">The same on all nodes.</param>
    /// <param name="stopMessage">Asks an entity to stop when its shard moves.</param>
    public static IActorRef Start(ActorSystem system, string type, Func<string, Props> props, int shardCount, object stopMessage)
    {
        var settings = ClusterShardingSettings.Create(system);
        return ClusterSharding.Get(system).Start(
            type, props, settings, Extractor(shardCount), ClusterSharding.Get(system).DefaultShardAllocationStrategy(settings), stopMessage);
    }

    /// <summary>Finds a node's region of a type when it is first needed. It is kept then: a region that has stopped is not found any more.</summary>
    public static Func<ActorSystem, IActorRef> Region(string type)
    {
        IActorRef? region = null;
        return system => region ??= ClusterSharding.Get(system).ShardRegion(type);
    }

    /// <summary>Finds the entity of a message.</summary>
    public static IMessageExtractor Extractor(int shardCount) =>
        HashCodeMessageExtractor.Create(shardCount, message => (message as IShardedMessage)?.EntityId!, message => message);
}
