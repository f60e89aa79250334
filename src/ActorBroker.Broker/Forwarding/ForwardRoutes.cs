using System.Runtime.InteropServices;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;

namespace ActorBroker.Broker.Forwarding;

/// <summary>The queues that a message of the broker's own goes to.</summary>
internal sealed class ForwardRoutes(RoutingTables tables, MessageFormats formats)
{
    private readonly RouteResult _result = new() { IsOfBroker = true };

    /// <summary>Where the message goes, when it is ready. Valid until the next look-up.</summary>
    public List<string> Queues => _result.Queues;

    /// <summary>The histories that get a copy besides.</summary>
    public List<string> Histories => _result.Histories;

    /// <summary>With <see cref="RouteStatus.Loading"/>: the exchange that is missing; null when the virtual host is.</summary>
    public ExchangeKey? Missing => _result.Missing;

    /// <summary>Nothing has changed since the last look-up that its outcome depends on.</summary>
    public bool IsCurrent => _result.IsCurrent;

    /// <summary>Looks the queues up.</summary>
    public RouteStatus Find(ForwardedMessage message)
    {
        _result.UnstagedExchange = message.UnstagedExchange;
        _result.AvoidedExchange = message.AvoidedExchange;
        var moreKeys = CollectionsMarshal.AsSpan(message.MoreKeys);

        // Ready for any message with these keys: nothing is missing for this one, whichever way it takes.
        var any = RoutedMessage.Any(message.RoutingKey, moreKeys);
        var status = tables.Route(message.Exchange, ref any, _result);
        if (status != RouteStatus.Ready || !_result.IsPerMessage)
        {
            return status;
        }

        var routed = new RoutedMessage(
            message.RoutingKey, moreKeys, formats[message.Format], message.Properties.Span, (uint)Random.Shared.NextInt64(1L << 32));
        return tables.Route(message.Exchange, ref routed, _result);
    }
}
