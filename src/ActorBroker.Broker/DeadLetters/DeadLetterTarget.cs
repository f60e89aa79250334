using ActorBroker.Core.Queues;

namespace ActorBroker.Broker.DeadLetters;

/// <summary>Where a queue's dead letters go, and what may be lost on the way.</summary>
/// <param name="Exchange">The exchange; empty for the default one.</param>
/// <param name="RoutingKey">The key that replaces the messages' own; null to keep those.</param>
/// <param name="Strategy">Whether a message that does not arrive is kept.</param>
/// <param name="Stage">Set for the stage of an exchange: what is given up is no dead letter, but due.</param>
internal sealed record DeadLetterTarget(string Exchange, string? RoutingKey, DeadLetterStrategy Strategy, Stage? Stage)
{
    /// <summary>The target in a queue's settings; null when it has none.</summary>
    public static DeadLetterTarget? Of(QueueSettings settings) => settings.DeadLetterExchange is { } exchange
        ? new DeadLetterTarget(exchange, settings.DeadLetterRoutingKey, settings.DeadLetterStrategy, settings.Stage)
        : null;
}
