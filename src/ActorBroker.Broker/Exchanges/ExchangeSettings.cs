using ActorBroker.Broker.Forwarding;
using ActorBroker.Broker.Policies;
using Akka.Actor;

namespace ActorBroker.Broker.Exchanges;

/// <summary>What every exchange entity of a node shares.</summary>
/// <param name="QueueRegion">The region of queues; a function, since regions need each other.</param>
/// <param name="ExchangeRegion">The region of exchanges.</param>
/// <param name="CatalogueRegion">The region of catalogues.</param>
/// <param name="Policies">The node's policies.</param>
/// <param name="Forwarding">What a history is copied by.</param>
public sealed record ExchangeSettings(
    Func<ActorSystem, IActorRef> QueueRegion,
    Func<ActorSystem, IActorRef> ExchangeRegion,
    Func<ActorSystem, IActorRef> CatalogueRegion,
    NodePolicies Policies,
    ForwardingServices Forwarding)
{
    /// <summary>How long a queue, another exchange or the catalogue may take to answer before the request is refused as unavailable.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a node may take to apply a change before it is told to load the exchange again.</summary>
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The nodes that may route by what an exchange told them before it moved or restarted; none unless it is set.</summary>
    public Func<ActorSystem, IReadOnlyCollection<Address>> Nodes { get; init; } = static _ => [];

    /// <summary>How long an exchange that does not exist waits for whoever has asked for it to declare it.</summary>
    public TimeSpan AskerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests that may wait for their turn; one more is refused as unavailable.</summary>
    public int WaitingMax { get; init; } = 100_000;

    /// <summary>Most changes of bindings that are asked, written and told to the nodes together.</summary>
    public int BatchMax { get; init; } = 256;

    /// <summary>A snapshot is written after so many events.</summary>
    public int SnapshotAfterEvents { get; init; } = 2_000;
}
