using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.DeadLetters;

/// <summary>A message's end in one queue, as the entry of its header x-death tells it.</summary>
/// <param name="Queue">The queue that gave it up.</param>
/// <param name="Reason">Why.</param>
/// <param name="Exchange">Where it had been published to.</param>
/// <param name="RoutingKeys">Its routing keys: its own, then those of its header CC.</param>
/// <param name="At">When, in seconds of Unix time.</param>
/// <param name="Expiration">Its own lifetime in milliseconds, which it does not keep; null for none.</param>
public sealed record Death(
    string Queue, DeathReason Reason, string Exchange, IReadOnlyList<ArgumentValue> RoutingKeys, long At, long? Expiration)
{
    /// <summary>The reason's name in RabbitMQ's headers.</summary>
    public static string NameOf(DeathReason reason) => reason switch
    {
        DeathReason.Rejected => "rejected",
        DeathReason.Expired => "expired",
        DeathReason.MaxLength => "maxlen",
        DeathReason.DeliveryLimit => "delivery_limit",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "not a reason of death"),
    };
}
