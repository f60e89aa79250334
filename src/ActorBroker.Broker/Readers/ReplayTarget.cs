using ActorBroker.Broker.Forwarding;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Readers;

/// <summary>Where a replay goes to: whether that is there, and what it means when a message does not arrive.</summary>
internal sealed class ReplayTarget(ReplayMessages replay, ForwardingServices services)
{
    private readonly string _virtualHost = replay.Queue.VirtualHost;
    private readonly RouteResult _result = new();

    private bool IsQueue => replay.Destination.Kind == DestinationKind.Queue;

    private QueueKey Queue => new(_virtualHost, replay.Destination.Name);

    private ExchangeKey Exchange => new(_virtualHost, IsQueue ? string.Empty : replay.Destination.Name);

    /// <summary>What it is called in texts.</summary>
    public string Name => IsQueue ? Queue.ToString() : Exchange.ToString();

    /// <summary>
    /// Whether it is there: true, or false with a refusal; null while the node's tables have to be loaded, which has then been
    /// asked for.
    /// </summary>
    /// <param name="self">Who hears that they are loaded.</param>
    /// <param name="refusal">Why nothing can be replayed there.</param>
    public bool? Find(IActorRef self, out Refusal? refusal)
    {
        var any = RoutedMessage.Any(IsQueue ? replay.Destination.Name : replay.RoutingKey ?? string.Empty);
        var status = services.RoutingTables.Route(Exchange, ref any, _result);
        if (status == RouteStatus.Loading)
        {
            refusal = null;
            object load = _result.Missing is { } exchange ? new LoadExchange(exchange) : new LoadVirtualHost(_virtualHost);
            services.RoutingTableActor.Tell(load, self);
            return null;
        }

        refusal = status switch
        {
            RouteStatus.NotFound => NoExchange,
            RouteStatus.Internal => new Refusal(RefusalReason.AccessRefused, $"cannot publish to internal {Exchange}"),
            _ when IsQueue && _result.Queues.Count == 0 => QueueDeclaration.NotFound(Queue),
            _ => null,
        };
        return refusal is null;
    }

    /// <summary>Why the replay cannot go on after this; null when it can.</summary>
    public Refusal? Fails(ForwardOutcome outcome) => outcome switch
    {
        ForwardOutcome.Confirmed => null,
        ForwardOutcome.NoRoute => IsQueue ? QueueDeclaration.NotFound(Queue) : null,
        ForwardOutcome.NoExchange => NoExchange,
        ForwardOutcome.Rejected => new Refusal(RefusalReason.Unavailable, $"a message was refused: {Name} or a queue behind it is full"),
        _ => new Refusal(RefusalReason.Unavailable, $"{Name} or a queue behind it stopped, and may not have all that it was sent"),
    };

    private Refusal NoExchange => new(RefusalReason.NotFound, $"no {Exchange}");
}
