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
    public static Refusal? Check(ExchangeKey key, ExchangeDefinition current, ExchangeDefinition received)
    {
        var entity = key.ToString();
        var difference = ArgumentEquivalence.CompareProperty(entity, "type", current.Type, received.Type)
            ?? ArgumentEquivalence.CompareProperty(entity, "durable", current.Durable, received.Durable)
            ?? ArgumentEquivalence.CompareProperty(entity, "auto_delete", current.AutoDelete, received.AutoDelete)
            ?? ArgumentEquivalence.CompareProperty(entity, "internal", current.Internal, received.Internal)
            ?? ArgumentEquivalence.Compare(entity, ExchangeArguments.AlternateExchange, current.Arguments, received.Arguments);
        return difference is null ? null : new Refusal(RefusalReason.PreconditionFailed, difference);
    }
}
