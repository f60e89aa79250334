using System.Globalization;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Exchanges;

/// <summary>
/// The hidden queue of an exchange that keeps messages before it routes them, as the exchange's definition wants it. The
/// queue's arguments carry what it must know over a restart.
/// </summary>
public static class StageDefinition
{
    private const string ExchangeArgument = "x-stage-exchange";
    private const string KindArgument = "x-stage-kind";
    private const string DeduplicationHeader = "x-deduplication-header";

    /// <summary>What kind of stage an exchange has; null for none.</summary>
    public static StageKind? KindOf(ExchangeDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return definition.Type switch
        {
            ExchangeTypes.Delayed => StageKind.Delay,
            ExchangeTypes.Deduplication => StageKind.Deduplication,
            _ => null,
        };
    }

    /// <summary>The queue to declare for an exchange that has a stage: as durable as the exchange.</summary>
    public static QueueDefinition Of(string exchange, ExchangeDefinition definition, StageKind kind)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var arguments = new ArgumentTable.Builder()
            .Add(QueueArguments.QueueType, ArgumentValue.FromString(QueueType.Classic.Word()))
            .Add(ExchangeArgument, ArgumentValue.FromString(exchange))
            .Add(KindArgument, ArgumentValue.FromInt32((int)kind));
        foreach (var name in (ReadOnlySpan<string>)[ExchangeArguments.CacheSize, ExchangeArguments.CacheTtl])
        {
            if (kind == StageKind.Deduplication && definition.Arguments.TryGetValue(name, out var value))
                arguments.Add(name, value);
        }

        return new QueueDefinition(definition.Durable, Exclusive: false, AutoDelete: false, arguments.Build());
    }

    /// <summary>The settings of a queue that was declared by <see cref="Of"/>; null for any other.</summary>
    public static QueueSettings? SettingsOf(ArgumentTable arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (!arguments.TryGetValue(ExchangeArgument, out var exchange) || !arguments.TryGetValue(KindArgument, out var kind))
            return null;
        var stage = new Stage(exchange.AsString(), (StageKind)kind.AsInt64());
        return new QueueSettings
        {
            Stage = stage,
            DeadLetterExchange = stage.Exchange,
            DeadLetterStrategy = DeadLetterStrategy.AtLeastOnce,
            Deduplication = stage.Kind == StageKind.Deduplication
                ? new Deduplication(DeduplicationHeader, NumberOf(arguments, ExchangeArguments.CacheSize), NumberOf(arguments, ExchangeArguments.CacheTtl))
                : null,
        };
    }

    private static long? NumberOf(ArgumentTable arguments, string name)
    {
        if (!arguments.TryGetValue(name, out var value))
            return null;
        return value.TryGetInt64(out var number) ? number : long.Parse(value.AsString(), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
