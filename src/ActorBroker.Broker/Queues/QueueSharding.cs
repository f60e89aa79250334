using ActorBroker.Broker.Forwarding;
using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Policies;
using ActorBroker.Broker.Queues.Placement;
using ActorBroker.Broker.Routing;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <summary>Starts the queues of a node.</summary>
public static class QueueSharding
{
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(4);

    /// <summary>Starts this node's region of queues, or returns the one that is started.</summary>
    /// <param name="system">The node.</param>
    /// <param name="settings">What queues share; see <see cref="Settings"/>.</param>
    /// <param name="shardCount">The same on all nodes: entities are spread over so many shards.</param>
    public static IActorRef Start(ActorSystem system, QueueActorSettings settings, int shardCount) =>
        EntitySharding.Start(
            system, EntityIds.QueueType, entityId => QueueActor.Props(entityId, settings), shardCount, QueueActor.StopQueue.Instance);

    /// <summary>By what entities publish messages of the broker's own; finds the region of queues by its type.</summary>
    public static ForwardingServices Forwarding(TimeProvider clock, MessageFormats formats, RoutingTables tables, IActorRef tableActor) =>
        new(EntitySharding.Region(EntityIds.QueueType), tableActor, tables, formats, clock);

    /// <summary>Settings that find the regions by their types, so that they may be started in any order.</summary>
    public static QueueActorSettings Settings(
        QueueOptions options,
        ForwardingServices forwarding,
        IEventReader journal,
        NodePolicies policies) => new(
        options,
        forwarding.Clock,
        forwarding.Formats,
        new SegmentReader(journal),
        EntitySharding.Region(EntityIds.QueueType),
        EntitySharding.Region(EntityIds.ExchangeType),
        EntitySharding.Region(EntityIds.CatalogueType),
        EntitySharding.Region(EntityIds.TransactionType),
        forwarding,
        policies)
    {
        Hosting = new QueueHosting(options.LeaderLocator),
    };

    /// <summary>
    /// Starts what has queues live on this node although their shard is on another. Before the node leaves, they end, to go on
    /// at their shards.
    /// </summary>
    public static void StartHost(ActorSystem system, QueueActorSettings settings)
    {
        var hosting = settings.Hosting!;
        hosting.Host = system.ActorOf(QueueHostActor.Props(settings, hosting), QueueHostActor.Name);
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeClusterShutdown, "move hosted queues", async () =>
        {
            await hosting.Host.Ask<NodeLeft>(LeaveNode.Instance, LeaveLimit).ConfigureAwait(false);
            return Akka.Done.Instance;
        });
    }
}
