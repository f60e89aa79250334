using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Broker.Management;

/// <summary>What has happened on a node by the types of its queues, and by its clients' protocols: of those that are there and those that were.</summary>
internal static class TypeFigures
{
    private static readonly (DeadLetterStrategy? Strategy, string Name)[] Strategies =
        [(null, "disabled"), (DeadLetterStrategy.AtMostOnce, "at_most_once"), (DeadLetterStrategy.AtLeastOnce, "at_least_once")];

    private static readonly (DeathReason Reason, string Name)[] Reasons =
        [(DeathReason.MaxLength, "maxlen"), (DeathReason.Expired, "expired"), (DeathReason.Rejected, "rejected"), (DeathReason.DeliveryLimit, "delivery_limit")];

    public static IReadOnlyList<QueueTypeFigures> OfQueues(QueueRegister queues)
    {
        var sums = new SortedDictionary<QueueType, QueueCounters>();
        foreach (var (type, past) in queues.Past())
        {
            SumOf(sums, type).Add(past);
        }

        foreach (var queue in queues.All())
        {
            if (queue.Definition is { } definition)
            {
                SumOf(sums, QueueArguments.TypeOf(definition.Arguments) ?? QueueType.Classic).Add(queue.Counters);
            }
        }

        return
        [
            .. sums.Select(static sum => new QueueTypeFigures(
                sum.Key, FigureList.Of(CounterRows.Queue, CounterRows.Of(sum.Value), ..CounterRows.QueueStats, ring: null, samples: null, now: 0))
            {
                DeadLetters = sum.Value.DeadLetters is { } dead ? Of(dead) : [],
            }),
        ];
    }

    public static IReadOnlyList<ProtocolFigures> OfProtocols(ConnectionRegister connections) =>
    [
        .. connections.Protocols().Select(static protocol => new ProtocolFigures(
            protocol.Protocol,
            FigureList.Of(
                CounterRows.ProtocolChannel, [.. CounterRows.Of(protocol.Counters.Channels), protocol.Counters.PublishedConfirm], .., ring: null, samples: null, now: 0),
            protocol.Counters.Publishers, protocol.Counters.Consumers)
        {
            Sizes = protocol.Counters.Channels.Sizes is { } sizes ? new MessageSizeFigures(sizes.Counts, sizes.SumBytes) : MessageSizeFigures.None,
        }),
    ];

    private static DeadLetterFigure[] Of(DeadLetterCounters dead)
    {
        var all =
            from strategy in Strategies
            from reason in Reasons
            select new DeadLetterFigure(strategy.Name, reason.Name, dead[strategy.Strategy, reason.Reason]);
        return [.. all.Append(new DeadLetterFigure("at_least_once", "confirmed", dead.Confirmed)).Where(static figure => figure.Count > 0)];
    }

    private static QueueCounters SumOf(SortedDictionary<QueueType, QueueCounters> sums, QueueType type)
    {
        if (!sums.TryGetValue(type, out var sum))
        {
            sum = new QueueCounters();
            sums.Add(type, sum);
        }

        return sum;
    }
}
