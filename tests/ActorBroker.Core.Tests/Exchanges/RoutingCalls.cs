using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Names;

namespace ActorBroker.Core.Tests.Exchanges;

/// <summary>Routing of messages that have a key and perhaps headers, and nothing else.</summary>
internal static class RoutingCalls
{
    public static void Match(this Router router, string routingKey, RouteMatches matches, ArgumentTable? headers = null)
    {
        var message = new RoutedMessage(routingKey, headers ?? ArgumentTable.Empty);
        router.Match(ref message, matches);
    }

    public static RouteStatus Route(this RoutingTables tables, ExchangeKey exchange, string routingKey, RouteResult result)
    {
        var message = new RoutedMessage(routingKey, ArgumentTable.Empty);
        return tables.Route(exchange, ref message, result);
    }

    public static RouteStatus RouteAny(this RoutingTables tables, ExchangeKey exchange, string routingKey, RouteResult result)
    {
        var any = RoutedMessage.Any(routingKey);
        return tables.Route(exchange, ref any, result);
    }
}
