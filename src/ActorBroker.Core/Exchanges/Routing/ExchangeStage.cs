using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>The stage of an exchange, as routing sees it: a queue that takes a message instead of those that are bound, or a copy beside them.</summary>
internal sealed class ExchangeStage
{
    private readonly string _exchange;
    private readonly StageKind _kind;

    private ExchangeStage(string exchange, StageKind kind)
    {
        _exchange = exchange;
        _kind = kind;
        Queue = Stage.NameOf(exchange);
    }

    /// <summary>The stage's name.</summary>
    public string Queue { get; }

    /// <summary>Whether a message goes to the stage is for its headers to say; else all do.</summary>
    public bool IsPerMessage => _kind != StageKind.Deduplication;

    /// <summary>The message goes its way all the same: the stage gets a copy, and is no route.</summary>
    public bool IsBeside => _kind == StageKind.History;

    /// <summary>The stage of an exchange; null when it has none.</summary>
    public static ExchangeStage? Of(string exchange, ExchangeDefinition definition) =>
        StageDefinition.KindOf(definition) is { } kind ? new ExchangeStage(exchange, kind) : null;

    /// <summary>Does the stage take this message? Not when it comes from there. Of all messages together: some may be taken.</summary>
    public bool Takes(ref RoutedMessage message, string? unstagedExchange) =>
        _exchange != unstagedExchange && (message.IsAny || _kind switch
        {
            StageKind.Delay => message.TryGetHeader(Stage.DelayHeader, out var delay) && Stage.TryReadDelay(delay, out _),
            StageKind.History => !(message.TryGetHeader(Stage.NoStoreHeader, out var no) && no.TryGetBoolean(out var isOut) && isOut),
            _ => true,
        });
}
