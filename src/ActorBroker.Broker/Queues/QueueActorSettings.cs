using ActorBroker.Broker.Forwarding;
using ActorBroker.Broker.Policies;
using ActorBroker.Broker.Queues.Placement;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Messages;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <summary>What every queue entity of a node shares.</summary>
/// <param name="Options">Sizes and intervals.</param>
/// <param name="Clock">Wall clock for events.</param>
/// <param name="Formats">Reads properties of messages.</param>
/// <param name="Reader">Reads bodies back.</param>
/// <param name="QueueRegion">The region of queues; a function, since the region's own entities need it.</param>
/// <param name="ExchangeRegion">The region of exchanges.</param>
/// <param name="CatalogueRegion">The region of catalogues.</param>
/// <param name="TransactionRegion">The region of those who decide transactions.</param>
/// <param name="Forwarding">By what dead letters are published.</param>
/// <param name="Policies">The node's policies.</param>
public sealed record QueueActorSettings(
    QueueOptions Options,
    TimeProvider Clock,
    MessageFormats Formats,
    SegmentReader Reader,
    Func<ActorSystem, IActorRef> QueueRegion,
    Func<ActorSystem, IActorRef> ExchangeRegion,
    Func<ActorSystem, IActorRef> CatalogueRegion,
    Func<ActorSystem, IActorRef> TransactionRegion,
    ForwardingServices Forwarding,
    NodePolicies Policies)
{
    /// <summary>The node's queues that are out of memory and have a timer.</summary>
    public SleepingQueues Sleeping { get; init; } = new();

    /// <summary>Those who watch the node look there.</summary>
    public NodeStatistics Statistics { get; init; } = NodeStatistics.None;

    /// <summary>How long the catalogue may take to answer before a declaration is refused as unavailable.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How queues come to other nodes than those of their shards; null where there are no others.</summary>
    public QueueHosting? Hosting { get; init; }
}
