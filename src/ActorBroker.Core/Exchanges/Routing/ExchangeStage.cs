using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>The stage of an exchange, as routing sees it: a queue that takes a message instead of those that are bound.</summary>
internal sealed class ExchangeStage
{
    private readonly string _exchange;

    private ExchangeStage(string exchange, StageKind kind)
    {
        _exchange = exchange;
        Queue = Stage.NameOf(exchange);
        IsPerMessage = kind == StageKind.Delay;
    }

    /// <summary>The stage's name.</summary>
    public string Queue { get; }

    /// <summary>Whether a message goes to the stage is for its headers to say; else all do.</summary>
    public bool IsPerMessage { get; }

    /// <summary>The stage of an exchange; null when it has none.</summary>
    public static ExchangeStage? Of(string exchange, ExchangeDefinition definition) =>
        StageDefinition.KindOf(definition) is { } kind ? new ExchangeStage(exchange, kind) : null;

    /// <summary>Does this message wait? Not when it comes from the stage itself. Of all messages together: some may.</summary>
    public bool Takes(ref RoutedMessage message, string? unstagedExchange) =>
        _exchange != unstagedExchange
        && (!IsPerMessage || message.IsAny || (message.TryGetHeader(Stage.DelayHeader, out var delay) && Stage.TryReadDelay(delay, out _)));
}
