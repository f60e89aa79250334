using System.Globalization;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Exchanges;

/// <summary>What the types of exchanges ask of arguments and bindings. Texts are those of RabbitMQ and its plug-ins.</summary>
public static class ExchangeTypeRules
{
    private static readonly string[] HashProperties = ["correlation_id", "message_id", "timestamp"];

    /// <summary>Why the type does not take these arguments; null when it does.</summary>
    public static Refusal? CheckArguments(ExchangeKey key, ExchangeDefinition definition) => definition.Type switch
    {
        ExchangeTypes.ConsistentHash => CheckHash(key, definition.Arguments),
        ExchangeTypes.RecentHistory => CheckHistory(definition.Arguments),
        ExchangeTypes.Deduplication => CheckCache(definition.Arguments),
        ExchangeTypes.Delayed => CheckDelayedType(key, definition),
        _ => null,
    };

    /// <summary>Why the type does not take this binding; null when it does.</summary>
    public static Refusal? CheckBinding(ExchangeDefinition definition, Binding binding)
    {
        var text = ExchangeTypes.RoutingTypeOf(definition) switch
        {
            ExchangeTypes.Headers => HeadersPattern.TryParse(binding.Arguments, out _, out var error) ? null : error,
            ExchangeTypes.ConsistentHash => BindingWeight.Check(binding.RoutingKey),
            ExchangeTypes.LocalRandom when binding.RoutingKey.Length > 0 => $"Non empty binding '{binding.RoutingKey}' key not permitted",
            ExchangeTypes.LocalRandom when binding.Destination.Kind != DestinationKind.Queue => "Destination not found",
            _ => null,
        };
        return text is null ? null : Invalid(text);
    }

    private static Refusal? CheckHash(ExchangeKey key, ArgumentTable arguments)
    {
        foreach (var name in (ReadOnlySpan<string>)[ExchangeArguments.HashHeader, ExchangeArguments.HashProperty])
        {
            if (arguments.TryGetValue(name, out var value) && !value.TryGetString(out _))
                return Invalid($"invalid type '{value.Kind.TypeName()}' for arg '{name}' in {key}");
        }

        if (!arguments.TryGetValue(ExchangeArguments.HashProperty, out var property))
            return null;
        if (arguments.ContainsKey(ExchangeArguments.HashHeader))
            return Invalid("hash-header and hash-property are mutually exclusive");
        return HashProperties.Contains(property.AsString()) ? null : Invalid($"Unsupported property: {property.AsString()}");
    }

    private static Refusal? CheckHistory(ArgumentTable arguments) =>
        !arguments.TryGetValue(ExchangeArguments.HistoryLength, out var length) || (length.TryGetInt64(out var number) && number > 0)
            ? null
            : Invalid($"Invalid argument {ArgumentText.Term(length)}, '{ExchangeArguments.HistoryLength}' must be a positive integer");

    private static Refusal? CheckCache(ArgumentTable arguments)
    {
        if (!arguments.TryGetValue(ExchangeArguments.CacheSize, out var size) || !IsPositive(size))
            return Invalid($"Missing or invalid argument, '{ExchangeArguments.CacheSize}' must be an integer greater than 0");
        if (arguments.TryGetValue(ExchangeArguments.CacheTtl, out var ttl) && !IsPositive(ttl))
            return Invalid($"Invalid argument, '{ExchangeArguments.CacheTtl}' must be an integer greater than 0");
        return !arguments.TryGetValue(ExchangeArguments.CachePersistence, out var persistence)
            || (persistence.TryGetString(out var where) && where is "disk" or "memory")
                ? null
                : Invalid($"Invalid argument, '{ExchangeArguments.CachePersistence}' must be either 'disk' or 'memory'");
    }

    // The plug-in takes digits as well.
    private static bool IsPositive(ArgumentValue value) =>
        value.TryGetInt64(out var number)
        || (value.TryGetString(out var digits) && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            ? number > 0
            : false;

    private static Refusal? CheckDelayedType(ExchangeKey key, ExchangeDefinition definition)
    {
        if (!definition.Arguments.TryGetValue(ExchangeArguments.DelayedType, out var value) || !value.TryGetString(out var type))
            return Invalid($"Invalid argument, '{ExchangeArguments.DelayedType}' must be an existing exchange type");
        if (type == ExchangeTypes.Delayed)
            return Invalid($"Invalid argument, '{ExchangeTypes.Delayed}' can't be used for '{ExchangeArguments.DelayedType}'");

        // A type that keeps messages itself cannot be kept waiting by another.
        if (type is ExchangeTypes.RecentHistory or ExchangeTypes.Deduplication)
            return new Refusal(RefusalReason.NotImplemented, $"exchange type '{type}' as '{ExchangeArguments.DelayedType}' is not supported");
        return ExchangeTypes.Check(type) ?? CheckArguments(key, definition with { Type = type });
    }

    private static Refusal Invalid(string text) => new(RefusalReason.PreconditionFailed, text);
}
