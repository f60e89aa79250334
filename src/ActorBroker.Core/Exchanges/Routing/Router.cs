using System.Diagnostics;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>
/// The bindings of one exchange, compiled for look-up. Any number of threads may match while one writer adds and
/// removes; each binding is in force by itself from the moment that <see cref="Add"/> returns until
/// <see cref="Remove"/> is called.
/// </summary>
public abstract class Router
{
    /// <summary>The outcome depends on more of a message than its routing keys.</summary>
    public virtual bool IsPerMessage => false;

    /// <summary>
    /// A router for an exchange, without its bindings; an unknown type is a programming error, for
    /// <see cref="ExchangeTypes"/> has been asked.
    /// </summary>
    public static Router Create(string exchange, ExchangeDefinition definition) => ExchangeTypes.RoutingTypeOf(definition) switch
    {
        ExchangeTypes.Direct => new DirectRouter(),
        ExchangeTypes.Fanout => new FanoutRouter(),
        ExchangeTypes.Topic => new TopicRouter(),
        ExchangeTypes.Headers => new HeadersRouter(),
        ExchangeTypes.ConsistentHash => new ConsistentHashRouter(definition.Arguments),
        ExchangeTypes.ModulusHash => new ModulusHashRouter(),
        ExchangeTypes.Random or ExchangeTypes.LocalRandom => new RandomRouter(exchange),
        var type => throw new UnreachableException($"no router for exchanges of type '{type}'"),
    };

    /// <summary>Adds a binding that is not there; for the writer only.</summary>
    public abstract void Add(Binding binding);

    /// <summary>Removes a binding that is there; for the writer only.</summary>
    public abstract void Remove(Binding binding);

    /// <summary>
    /// Appends the destinations of a message to <paramref name="matches"/>; one may come more than once. For
    /// <see cref="RoutedMessage.IsAny"/>: all that a message with these keys might go to.
    /// </summary>
    public abstract void Match(ref RoutedMessage message, RouteMatches matches);
}

/// <summary>Where routers put what they find, with their working space. For one thread; reused without allocation.</summary>
public sealed class RouteMatches
{
    /// <summary>The destinations found.</summary>
    public List<RouteTarget> Targets { get; } = [];

    internal TopicSearch TopicSearch { get; } = new();
}
