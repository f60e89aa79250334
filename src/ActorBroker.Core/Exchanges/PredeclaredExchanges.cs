using System.Diagnostics.CodeAnalysis;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;

namespace ActorBroker.Core.Exchanges;

/// <summary>
/// The exchanges that every virtual host has by construction (AMQP 0-9-1 §3.1.3, and RabbitMQ's own). Nobody declares
/// them, nobody can delete them; their bindings are kept like those of any durable exchange.
/// </summary>
public static class PredeclaredExchanges
{
    /// <summary>Where copies of all messages go in a virtual host that is traced.</summary>
    public const string Trace = "amq.rabbitmq.trace";

    /// <summary>Where events go: in one virtual host, that in which RabbitMQ's plug-in tells them unless it is told otherwise.</summary>
    public static ExchangeKey Event { get; } = new("/", "amq.rabbitmq.event");

    private static readonly Dictionary<string, ExchangeDefinition> Definitions = new(StringComparer.Ordinal)
    {
        ["amq.direct"] = Durable(ExchangeTypes.Direct),
        ["amq.fanout"] = Durable(ExchangeTypes.Fanout),
        ["amq.topic"] = Durable(ExchangeTypes.Topic),
        ["amq.headers"] = Durable(ExchangeTypes.Headers),
        ["amq.match"] = Durable(ExchangeTypes.Headers),
        [Trace] = Durable(ExchangeTypes.Topic) with { Internal = true },
    };

    private static readonly ExchangeDefinition EventDefinition = Durable(ExchangeTypes.Topic) with { Internal = true };

    /// <summary>Their names in a virtual host, for listings.</summary>
    public static IEnumerable<string> NamesIn(string virtualHost) =>
        virtualHost == Event.VirtualHost ? Definitions.Keys.Append(Event.Name) : Definitions.Keys;

    /// <summary>Whether an exchange of this name is there by construction, and as what.</summary>
    public static bool TryGet(ExchangeKey key, [NotNullWhen(true)] out ExchangeDefinition? definition)
    {
        if (key != Event)
            return Definitions.TryGetValue(key.Name, out definition);
        definition = EventDefinition;
        return true;
    }

    private static ExchangeDefinition Durable(string type) =>
        new(type, Durable: true, AutoDelete: false, Internal: false, ArgumentTable.Empty);
}
