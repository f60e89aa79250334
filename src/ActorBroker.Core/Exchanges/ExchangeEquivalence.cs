using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Exchanges;

/// <summary>
/// Whether an exchange that is declared again is declared as what it is. Of the arguments only the alternate exchange
/// is compared, as in RabbitMQ.
/// </summary>
internal static class ExchangeEquivalence
{
    /// <summary>The first difference, in RabbitMQ's order and words; null when there is none.</summary>
    public static Refusal? Check(ExchangeKey key, ExchangeDefinition current, ExchangeDefinition received) =>
        Compare(key, "type", current.Type, received.Type)
        ?? Compare(key, "durable", current.Durable, received.Durable)
        ?? Compare(key, "auto_delete", current.AutoDelete, received.AutoDelete)
        ?? Compare(key, "internal", current.Internal, received.Internal)
        ?? CompareArgument(key, ExchangeArguments.AlternateExchange, current.Arguments, received.Arguments);

    private static Refusal? Compare(ExchangeKey key, string name, bool current, bool received) =>
        Compare(key, name, current ? "true" : "false", received ? "true" : "false");

    private static Refusal? Compare(ExchangeKey key, string name, string current, string received) =>
        current == received ? null : Inequivalent(key, name, $"'{received}'", $"'{current}'");

    private static Refusal? CompareArgument(ExchangeKey key, string name, ArgumentTable current, ArgumentTable received)
    {
        var isCurrent = current.TryGetValue(name, out var currentValue);
        var isReceived = received.TryGetValue(name, out var receivedValue);
        return (isCurrent, isReceived) switch
        {
            (false, false) => null,
            (true, true) when currentValue.IsEquivalentTo(receivedValue) => null,
            (true, true) => Inequivalent(key, name, $"'{receivedValue}'", $"'{currentValue}'"),
            _ => Inequivalent(key, name, Describe(isReceived, receivedValue), Describe(isCurrent, currentValue)),
        };
    }

    private static string Describe(bool isThere, ArgumentValue value) =>
        isThere ? $"the value '{value}' of type '{value.Kind.TypeName()}'" : "none";

    private static Refusal Inequivalent(ExchangeKey key, string name, string received, string current) => new(
        RefusalReason.PreconditionFailed, $"inequivalent arg '{name}' for {key}: received {received} but current is {current}");
}
