using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Routing;
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
    public static IActorRef Start(ActorSystem system, AccessOptions options, TimeProvider time)
    {
        var settings = new AccessSettings(
            options, time, EntitySharding.Region(EntityIds.CatalogueType), EntitySharding.Region(EntityIds.QueueType),
            EntitySharding.Region(EntityIds.ExchangeType))
        {
            Places = JournalPlugins.PlacesOf(system),
            Nodes = FollowerSearch.ReachableNodes,
        };
        return ClusterSharding.Get(system).Start(
            EntityIds.AccessType,
            entityId => AccessActor.Props(entityId, settings),
            ClusterShardingSettings.Create(system),
            HashCodeMessageExtractor.Create(1, message => (message as AccessCommand)?.EntityId!, message => message));
    }

    /// <summary>Starts what follows the access entity on this node, and those who let in by it.</summary>
    /// <param name="system">The node.</param>
    /// <param name="access">Its region, see <see cref="Start"/>.</param>
    /// <param name="options">Who may come from where, and how new passwords are hashed.</param>
    /// <param name="clock">Elapsed time.</param>
    /// <returns>They, and the actor that follows, which is to stop before the region does.</returns>
    public static (UserServices Users, IActorRef Follower) StartTables(ActorSystem system, IActorRef access, AccessOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        var tables = new AccessTables();
        var follower = system.ActorOf(AccessTableActor.Props(tables, access), AccessTableActor.Name);

        // Not ended with the system: an operator who has stopped the node is let in to start it again.
        var passwords = new PasswordWork(options.PasswordHashing, clock);
        return (new UserServices(tables, new TableLogins(tables, passwords, options.LoopbackUsers, clock), passwords), follower);
    }
}
