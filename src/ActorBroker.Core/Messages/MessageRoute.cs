using System.Text;

namespace ActorBroker.Core.Messages;

/// <summary>
/// Where a message was published to: exchange and routing key, kept encoded as two strings of up to 255 bytes, each
/// with its length in front, so that a delivery copies them instead of encoding them again. Immutable.
/// </summary>
public sealed class MessageRoute : IEquatable<MessageRoute>
{
    private readonly byte[] _encoded;

    private MessageRoute(byte[] encoded) => _encoded = encoded;

    /// <summary>Length-prefixed exchange, then length-prefixed routing key. Owned by this route; never written to.</summary>
    public ReadOnlySpan<byte> Encoded => _encoded;

    /// <summary>The exchange's name in UTF-8.</summary>
    public ReadOnlySpan<byte> ExchangeUtf8 => _encoded.AsSpan(1, _encoded[0]);

    /// <summary>The routing key's bytes.</summary>
    public ReadOnlySpan<byte> RoutingKeyUtf8 => _encoded.AsSpan(2 + _encoded[0]);

    /// <summary>The exchange's name.</summary>
    public string Exchange => Encoding.UTF8.GetString(ExchangeUtf8);

    /// <summary>The routing key.</summary>
    public string RoutingKey => Encoding.UTF8.GetString(RoutingKeyUtf8);

    /// <summary>Builds a route from raw bytes; both are copied.</summary>
    /// <exception cref="ArgumentException">One of them is longer than 255 bytes.</exception>
    public static MessageRoute Create(ReadOnlySpan<byte> exchange, ReadOnlySpan<byte> routingKey)
    {
        if (exchange.Length > byte.MaxValue || routingKey.Length > byte.MaxValue)
        {
            throw new ArgumentException("An exchange name and a routing key have at most 255 bytes.");
        }

        var encoded = new byte[2 + exchange.Length + routingKey.Length];
        encoded[0] = (byte)exchange.Length;
        exchange.CopyTo(encoded.AsSpan(1));
        encoded[1 + exchange.Length] = (byte)routingKey.Length;
        routingKey.CopyTo(encoded.AsSpan(2 + exchange.Length));
        return new MessageRoute(encoded);
    }

    /// <summary>Builds a route from names.</summary>
    public static MessageRoute Create(string exchange, string routingKey) =>
        Create(Encoding.UTF8.GetBytes(exchange), Encoding.UTF8.GetBytes(routingKey));

    /// <summary>Reads a route that was written as <see cref="Encoded"/>; the bytes are copied.</summary>
    /// <exception cref="InvalidDataException">The lengths inside do not add up to the length given.</exception>
    public static MessageRoute FromEncoded(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < 2 || encoded.Length < 2 + encoded[0] || encoded.Length != 2 + encoded[0] + encoded[1 + encoded[0]])
        {
            throw new InvalidDataException("A message route's lengths do not add up.");
        }

        return new MessageRoute(encoded.ToArray());
    }

    /// <inheritdoc/>
    public bool Equals(MessageRoute? other) => other is not null && (ReferenceEquals(this, other) || Encoded.SequenceEqual(other.Encoded));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MessageRoute);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_encoded);
        return hash.ToHashCode();
    }
}
