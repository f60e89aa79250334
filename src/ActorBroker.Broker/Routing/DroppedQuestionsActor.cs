using ActorBroker.Contracts;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Transactions;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.Routing;

/// <summary>
/// Tells a region again what it has dropped. One that is about to hand a shard over gathers what comes for it until all other
/// regions know, and drops that, lest it overtake what others forward: whoever asked would wait for an answer that never
/// comes. What goes through regions here stands for itself; what a session wants changed is told to the entity's actor instead.
/// One a node.
/// </summary>
public sealed class DroppedQuestionsActor : UntypedActor
{
    private readonly IReadOnlyDictionary<string, IActorRef> _regions;

    /// <summary>Use <see cref="Props"/>.</summary>
    public DroppedQuestionsActor(IReadOnlyDictionary<string, IActorRef> regions) => _regions = regions;

    /// <summary>The actor of a node.</summary>
    /// <param name="regions">The node's regions, or proxies, by type of entity (<see cref="EntityIds"/>).</param>
    public static Props Props(IReadOnlyDictionary<string, IActorRef> regions) => Akka.Actor.Props.Create(() => new DroppedQuestionsActor(regions));

    /// <inheritdoc/>
    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(AllDeadLetters));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        // What is told to the dead letters comes wrapped. What has come to an actor that has stopped is not dropped, and may be
        // a region's own, at the node's end.
        if ((message as Dropped ?? (message as DeadLetter)?.Message as Dropped) is { Message: IShardedMessage question } dropped
            && TypeOf(question) is { } type)
        {
            _regions[type].Tell(question, dropped.Sender);
        }
    }

    private static string? TypeOf(IShardedMessage question) => question switch
    {
        NamedQueueCommand => EntityIds.QueueType,
        ExchangeCommand => EntityIds.ExchangeType,
        CatalogueCommand => EntityIds.CatalogueType,
        AccessCommand => EntityIds.AccessType,
        TransactionCommand => EntityIds.TransactionType,
        _ => null,
    };
}
