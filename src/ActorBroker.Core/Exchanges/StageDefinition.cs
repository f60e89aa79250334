using System.Globalization;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Exchanges;

/// <summary>
/// The hidden queue of an exchange that keeps messages before it routes them, or copies of the last ones, as the
/// exchange's definition wants it. The queue's arguments carry what it must know over a restart.
/// </summary>
public static class StageDefinition
{
    private const string ExchangeArgument = "x-stage-exchange";
    private const string KindArgument = "x-stage-kind";
    private const string DeduplicationHeader = "x-deduplication-header";

    // What the plug-in of RabbitMQ keeps unless told otherwise.
    private const long HistoryLengthDefault = 20;

    /// <summary>What kind of stage an exchange has; null for none.</summary>
    public static StageKind? KindOf(ExchangeDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return definition.Type switch
        {
            ExchangeTypes.Delayed => StageKind.Delay,
            ExchangeTypes.Deduplication => StageKind.Deduplication,
            ExchangeTypes.RecentHistory => StageKind.History,
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
        foreach (var name in SettingsOf(kind))
        {
            if (definition.Arguments.TryGetValue(name, out var value))
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
        if (stage.Kind == StageKind.History)
            return new QueueSettings { Stage = stage, MaxLength = HistoryLengthOf(arguments) };
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

    /// <summary>How many messages an exchange with such arguments remembers, if it is of the type that does.</summary>
    public static long HistoryLengthOf(ArgumentTable arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return arguments.TryGetValue(ExchangeArguments.HistoryLength, out var length) ? length.AsInt64() : HistoryLengthDefault;
    }

    private static string[] SettingsOf(StageKind kind) => kind switch
    {
        StageKind.Deduplication => [ExchangeArguments.CacheSize, ExchangeArguments.CacheTtl],
        StageKind.History => [ExchangeArguments.HistoryLength],
        _ => [],
    };

    private static long? NumberOf(ArgumentTable arguments, string name)
    {
        if (!arguments.TryGetValue(name, out var value))
            return null;
        return value.TryGetInt64(out var number) ? number : long.Parse(value.AsString(), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
