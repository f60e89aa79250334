namespace ActorBroker.Core.Exchanges;

/// <summary>Arguments of an exchange declaration that mean something to the broker.</summary>
public static class ExchangeArguments
{
    /// <summary>The name of the exchange that takes what this one cannot route.</summary>
    public const string AlternateExchange = "alternate-exchange";

    /// <summary>The header that an <c>x-consistent-hash</c> exchange goes by, instead of the routing key.</summary>
    public const string HashHeader = "hash-header";

    /// <summary>The property that an <c>x-consistent-hash</c> exchange goes by: message_id, correlation_id or timestamp.</summary>
    public const string HashProperty = "hash-property";

    /// <summary>How many messages an <c>x-recent-history</c> exchange keeps for queues that are bound later.</summary>
    public const string HistoryLength = "x-recent-history-length";

    /// <summary>How an <c>x-delayed-message</c> exchange routes what is due: a type of exchange.</summary>
    public const string DelayedType = "x-delayed-type";

    /// <summary>How many ids an <c>x-message-deduplication</c> exchange remembers.</summary>
    public const string CacheSize = "x-cache-size";

    /// <summary>How long it remembers an id, in milliseconds.</summary>
    public const string CacheTtl = "x-cache-ttl";

    /// <summary>Where the plug-in of that name would remember them: disk or memory.</summary>
    public const string CachePersistence = "x-cache-persistence";
}
