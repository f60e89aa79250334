using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>
/// What routing may look at in one message. The properties are read only as far as some router asks for them; headers
/// that were read once are kept, so pass it by reference.
/// </summary>
public ref struct RoutedMessage
{
    private readonly IMessageFormat? _format;
    private readonly ReadOnlySpan<byte> _properties;
    private readonly uint _random;
    private ArgumentTable? _headers;

    /// <summary>A message as it was published.</summary>
    /// <param name="routingKey">Its key.</param>
    /// <param name="moreKeys">Further keys that it is routed by as well (CC and BCC).</param>
    /// <param name="format">Reads the properties.</param>
    /// <param name="properties">Borrowed until routing is done.</param>
    /// <param name="random">Evenly distributed, another one for each message: what routers that pick at random pick by.</param>
    public RoutedMessage(string routingKey, ReadOnlySpan<string> moreKeys, IMessageFormat format, ReadOnlySpan<byte> properties, uint random)
    {
        RoutingKey = routingKey;
        MoreKeys = moreKeys;
        _format = format;
        _properties = properties;
        _random = random;
    }

    /// <summary>A message that has a key and headers and nothing else.</summary>
    public RoutedMessage(string routingKey, ArgumentTable headers, uint random = 0)
    {
        RoutingKey = routingKey;
        _headers = headers;
        _random = random;
    }

    private RoutedMessage(string routingKey, ReadOnlySpan<string> moreKeys)
    {
        RoutingKey = routingKey;
        MoreKeys = moreKeys;
        IsAny = true;
    }

    /// <summary>The key that the message was published with.</summary>
    public string RoutingKey { get; }

    /// <summary>Further keys; usually none.</summary>
    public ReadOnlySpan<string> MoreKeys { get; }

    /// <summary>Stands for all messages with these keys at once: a router answers with all that one of them might go to.</summary>
    public bool IsAny { get; }

    /// <summary>All messages with these keys.</summary>
    public static RoutedMessage Any(string routingKey, ReadOnlySpan<string> moreKeys = default) => new(routingKey, moreKeys);

    /// <summary>The message's headers.</summary>
    /// <exception cref="InvalidOperationException">This is not one message, but all with these keys.</exception>
    public ArgumentTable ReadHeaders() => _headers ??= _format?.ReadHeaders(_properties)
        ?? throw new InvalidOperationException("Not one message, but all with these keys.");

    /// <summary>One header, without reading the others.</summary>
    public readonly bool TryGetHeader(string name, out ArgumentValue value)
    {
        if (_headers is null && _format is not null)
            return _format.TryReadHeader(_properties, name, out value);
        value = default;
        return _headers is not null && _headers.TryGetValue(name, out value);
    }

    /// <summary>One of the properties that <see cref="IMessageFormat.ReadProperty"/> knows, or null.</summary>
    public readonly string? GetProperty(string name) => _format?.ReadProperty(_properties, name);

    /// <summary>
    /// One of <paramref name="count"/> choices. Choices with different salts are independent of each other, so that
    /// exchanges that follow each other do not pick alike.
    /// </summary>
    public readonly int Pick(ulong salt, int count) => (int)(((StableHash.Mix(_random ^ salt) >> 32) * (ulong)count) >> 32);
}
