using System.Buffers.Binary;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// A whole <c>basic.deliver</c> method frame (AMQP 0-9-1 §1.8.3.9), encoded once for a consumer and the exchange and routing key
/// of the messages that it receives: writing one is a copy of the bytes and a patch of delivery tag and redelivered flag.
/// </summary>
/// <remarks>Immutable: may be used by several threads. It keeps copies of what it is given.</remarks>
public sealed class BasicDeliverTemplate
{
    private readonly byte[] _frame;
    private readonly int _tagOffset;

    public BasicDeliverTemplate(
        ushort channel, ReadOnlySpan<byte> consumerTag, ReadOnlySpan<byte> exchange, ReadOnlySpan<byte> routingKey)
    {
        var deliver = new BasicDeliver(consumerTag, 0, redelivered: false, exchange, routingKey);
        _frame = new byte[FrameWriter.GetMethodFrameSize(deliver)];
        FrameWriter.WriteMethod(_frame, channel, deliver);
        _tagOffset = Frame.HeaderSize + sizeof(uint) + WireSize.ShortString(consumerTag);
    }

    /// <summary>The frame's size in bytes.</summary>
    public int Size => _frame.Length;

    /// <summary>Whether the template was made for this exchange and routing key.</summary>
    public bool IsFor(ReadOnlySpan<byte> exchange, ReadOnlySpan<byte> routingKey)
    {
        var target = Target;
        return target.Length == exchange.Length + routingKey.Length + 2
            && target[0] == exchange.Length
            && target.Slice(1, exchange.Length).SequenceEqual(exchange)
            && target[(exchange.Length + 2)..].SequenceEqual(routingKey);
    }

    /// <summary>Like <see cref="IsFor"/>, in one comparison.</summary>
    /// <param name="target">Exchange and routing key as two short strings, as <see cref="BasicPublish.TargetOf"/> returns them.</param>
    public bool IsForTarget(ReadOnlySpan<byte> target) => Target.SequenceEqual(target);

    /// <summary>Writes the frame.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    /// <returns><see cref="Size"/>.</returns>
    public int Write(Span<byte> destination, ulong deliveryTag, bool redelivered)
    {
        _frame.CopyTo(destination);
        BinaryPrimitives.WriteUInt64BigEndian(destination[_tagOffset..], deliveryTag);
        destination[_tagOffset + sizeof(ulong)] = redelivered ? (byte)1 : (byte)0;
        return _frame.Length;
    }

    private ReadOnlySpan<byte> Target => _frame.AsSpan()[(_tagOffset + sizeof(ulong) + 1)..^1];
}
