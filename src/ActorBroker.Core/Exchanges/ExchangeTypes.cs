using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Exchanges;

/// <summary>The types of exchange that there are (AMQP 0-9-1 §3.1.3, and those of RabbitMQ and its plug-ins).</summary>
public static class ExchangeTypes
{
    /// <summary>By equal routing keys.</summary>
    public const string Direct = "direct";

    /// <summary>To everything bound.</summary>
    public const string Fanout = "fanout";

    /// <summary>By patterns on the routing key's words.</summary>
    public const string Topic = "topic";

    /// <summary>By patterns on the message's headers.</summary>
    public const string Headers = "headers";

    /// <summary>To one destination by the hash of something, so that equal ones go the same way.</summary>
    public const string ConsistentHash = "x-consistent-hash";

    /// <summary>To one destination by the hash of the routing key modulo their number.</summary>
    public const string ModulusHash = "x-modulus-hash";

    /// <summary>To one destination at random.</summary>
    public const string Random = "x-random";

    /// <summary>To one queue on this node at random.</summary>
    public const string LocalRandom = "x-local-random";

    /// <summary>A fanout that gives its last messages to a queue that is bound later.</summary>
    public const string RecentHistory = "x-recent-history";

    /// <summary>A fanout that lets no message with an id through that it has seen lately.</summary>
    public const string Deduplication = "x-message-deduplication";

    /// <summary>Another type, after a delay that each message names.</summary>
    public const string Delayed = "x-delayed-message";

    private static readonly HashSet<string> Declarable =
        [Direct, Fanout, Topic, Headers, ConsistentHash, ModulusHash, Random, LocalRandom, Delayed, Deduplication, RecentHistory];

    // Types that RabbitMQ has or gets from its plug-ins: clients that declare them rely on what they do.
    private static readonly HashSet<string> OfRabbitMq =
        ["x-federation-upstream", "x-jms-topic", "x-rtopic", "x-lvc"];

    /// <summary>All that can be declared, in no order.</summary>
    public static IReadOnlyCollection<string> All => Declarable;

    /// <summary>Why no exchange of this type can be declared; null when one can.</summary>
    public static Refusal? Check(string type)
    {
        if (Declarable.Contains(type))
            return null;
        return OfRabbitMq.Contains(type)
            ? new Refusal(RefusalReason.NotImplemented, $"exchange type '{type}' is not supported")
            : new Refusal(RefusalReason.PreconditionFailed, $"unknown exchange type '{type}'");
    }

    /// <summary>The type by which messages are matched with bindings, whatever happens to them before.</summary>
    public static string RoutingTypeOf(ExchangeDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return definition.Type switch
        {
            Delayed when definition.Arguments.TryGetValue(ExchangeArguments.DelayedType, out var type) && type.TryGetString(out var name) => name,
            RecentHistory or Deduplication => Fanout,
            var itself => itself,
        };
    }
}
