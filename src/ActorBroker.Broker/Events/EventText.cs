using ActorBroker.Contracts.Events;
using ActorBroker.Core.Arguments;

namespace ActorBroker.Broker.Events;

/// <summary>
/// What RabbitMQ's plug-in rabbitmq_event_exchange (3.10) says of each event: routing keys and headers. RabbitMQ tells some
/// things twice, as a change of a parameter and by their name; of what only its own works are behind nothing is told.
/// </summary>
/// <param name="names">Names connections and channels.</param>
/// <param name="policyOf">The policy of an exchange that was created; empty for none.</param>
internal sealed partial class EventText(ProcessNames names, Func<Core.Names.ExchangeKey, string> policyOf)
{
    // Whoever RabbitMQ says has done what nobody has asked for.
    private const string Nobody = "rmq-internal";

    /// <summary>The messages that tell an event.</summary>
    public IEnumerable<(string RoutingKey, ArgumentTable Headers)> Of(BrokerEvent happened, DateTimeOffset at)
    {
        foreach (var (key, headers) in happened is ConnectionEvent ofConnection ? OfConnection(ofConnection) : OfBroker(happened))
            yield return (key, headers.Add("timestamp_in_ms", at.ToUnixTimeMilliseconds()).Build());
    }

    private static EventHeaders By(EventHeaders headers, string user) =>
        headers.Add("user_who_performed_action", user.Length == 0 ? Nobody : user);
}
