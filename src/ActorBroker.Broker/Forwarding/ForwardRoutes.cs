using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Names;

namespace ActorBroker.Broker.Forwarding;

/// <summary>The queues that a message of the broker's own goes to: those of each of its keys, each once.</summary>
internal sealed class ForwardRoutes(ForwardingServices services)
{
    private readonly RouteResult _result = new() { IsOfBroker = true };
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>Where the message goes, when it is ready. Valid until the next look-up.</summary>
    public List<string> Queues { get; } = [];

    /// <summary>With <see cref="RouteStatus.Loading"/>: the exchange that is missing; null when the virtual host is.</summary>
    public ExchangeKey? Missing => _result.Missing;

    /// <summary>Looks the queues up.</summary>
    public RouteStatus Find(ForwardedMessage message)
    {
        Queues.Clear();
        _result.UnstagedExchange = message.UnstagedExchange;
        ArgumentTable? headers = null;
        foreach (var key in message.RoutingKeys)
        {
            var status = services.RoutingTables.RouteAny(message.Exchange, key, _result);
            if (status == RouteStatus.Ready && _result.NeedsHeaders)
            {
                headers ??= message.ReadHeaders(services.Formats);
                status = services.RoutingTables.Route(message.Exchange, key, headers, _result);
            }

            if (status != RouteStatus.Ready)
            {
                return status;
            }

            Queues.AddRange(_result.Queues);
        }

        if (message.RoutingKeys.Count > 1)
        {
            _seen.Clear();
            Queues.RemoveAll(queue => !_seen.Add(queue));
        }

        return RouteStatus.Ready;
    }
}
