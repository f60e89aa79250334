namespace ActorBroker.Core.Exchanges;

/// <summary>The types of exchange that there are (AMQP 0-9-1 §3.1.3).</summary>
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

    // Types that RabbitMQ has or gets from its plug-ins: clients that declare them rely on what they do.
    private static readonly HashSet<string> OfRabbitMq =
    [
        "x-consistent-hash", "x-delayed-message", "x-federation-upstream", "x-jms-topic", "x-local-random",
        "x-modulus-hash", "x-random", "x-recent-history", "x-rtopic", "x-lvc",
    ];

    /// <summary>Whether exchanges of this type can be declared.</summary>
    public static bool Contains(string type) => type is Direct or Fanout or Topic or Headers;

    /// <summary>Whether RabbitMQ knows the type and this broker does not (yet).</summary>
    public static bool IsMissing(string type) => OfRabbitMq.Contains(type);
}
