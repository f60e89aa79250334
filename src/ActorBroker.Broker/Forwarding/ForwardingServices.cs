using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using Akka.Actor;

namespace ActorBroker.Broker.Forwarding;

/// <summary>What the broker needs to publish by itself on one node.</summary>
/// <param name="QueueRegion">The region of queues; a function, since the region's own entities need it.</param>
/// <param name="RoutingTableActor">The node's writer of <paramref name="RoutingTables"/>; loads what is missing.</param>
/// <param name="RoutingTables">The node's routing tables.</param>
/// <param name="Formats">Reads and rewrites properties.</param>
/// <param name="Clock">Wall clock and elapsed time.</param>
public sealed record ForwardingServices(
    Func<ActorSystem, IActorRef> QueueRegion,
    IActorRef RoutingTableActor,
    RoutingTables RoutingTables,
    MessageFormats Formats,
    TimeProvider Clock);
