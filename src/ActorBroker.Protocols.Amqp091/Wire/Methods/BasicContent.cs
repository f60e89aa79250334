namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>basic.publish (AMQP 0-9-1 §1.8.3.7), client to server; content follows. Reading it allocates nothing.</summary>
public readonly ref struct BasicPublish(ReadOnlySpan<byte> exchange, ReadOnlySpan<byte> routingKey, bool mandatory, bool immediate)
    : IMethod<BasicPublish>
{
    public ReadOnlySpan<byte> Exchange { get; } = exchange;

    public ReadOnlySpan<byte> RoutingKey { get; } = routingKey;

    public bool Mandatory { get; } = mandatory;

    public bool Immediate { get; } = immediate;

    public static uint Id => MethodId.BasicPublish;

    public static BasicPublish Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.SkipUInt16();
        var exchange = reader.ReadShortStringBytes();
        var routingKey = reader.ReadShortStringBytes();
        var bits = reader.ReadBits();
        reader.End();
        return new BasicPublish(exchange, routingKey, (bits & 1) != 0, (bits & 2) != 0);
    }

    /// <summary>
    /// Exchange and routing key as they are on the wire, two short strings: what a publisher's next publish mostly has in common
    /// with this one, and what <see cref="BasicDeliverTemplate.IsForTarget"/> compares.
    /// </summary>
    /// <param name="payload">A payload that <see cref="Read"/> accepts.</param>
    public static ReadOnlySpan<byte> TargetOf(ReadOnlySpan<byte> payload) => payload[(sizeof(uint) + sizeof(ushort))..^1];

    public int GetArgumentsSize() => 3 + WireSize.ShortString(Exchange) + WireSize.ShortString(RoutingKey);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt16(0);
        writer.WriteShortString(Exchange);
        writer.WriteShortString(RoutingKey);
        writer.WriteBits(Mandatory, Immediate);
    }
}

/// <summary>basic.return (§1.8.3.8), server to client; the content that could not be routed follows.</summary>
public readonly ref struct BasicReturn(
    ReplyCode replyCode, ReadOnlySpan<byte> replyText, ReadOnlySpan<byte> exchange, ReadOnlySpan<byte> routingKey)
    : IMethod<BasicReturn>
{
    public ReplyCode ReplyCode { get; } = replyCode;

    public ReadOnlySpan<byte> ReplyText { get; } = replyText;

    public ReadOnlySpan<byte> Exchange { get; } = exchange;

    public ReadOnlySpan<byte> RoutingKey { get; } = routingKey;

    public static uint Id => MethodId.BasicReturn;

    public static BasicReturn Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var replyCode = (ReplyCode)reader.ReadUInt16();
        var replyText = reader.ReadShortStringBytes();
        var exchange = reader.ReadShortStringBytes();
        var routingKey = reader.ReadShortStringBytes();
        reader.End();
        return new BasicReturn(replyCode, replyText, exchange, routingKey);
    }

    public int GetArgumentsSize() =>
        2 + WireSize.ShortString(ReplyText) + WireSize.ShortString(Exchange) + WireSize.ShortString(RoutingKey);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt16((ushort)ReplyCode);
        writer.WriteShortString(ReplyText);
        writer.WriteShortString(Exchange);
        writer.WriteShortString(RoutingKey);
    }
}

/// <summary>basic.deliver (§1.8.3.9), server to client; content follows. See <see cref="BasicDeliverTemplate"/>.</summary>
public readonly ref struct BasicDeliver(
    ReadOnlySpan<byte> consumerTag, ulong deliveryTag, bool redelivered,
    ReadOnlySpan<byte> exchange, ReadOnlySpan<byte> routingKey)
    : IMethod<BasicDeliver>
{
    public ReadOnlySpan<byte> ConsumerTag { get; } = consumerTag;

    public ulong DeliveryTag { get; } = deliveryTag;

    public bool Redelivered { get; } = redelivered;

    public ReadOnlySpan<byte> Exchange { get; } = exchange;

    public ReadOnlySpan<byte> RoutingKey { get; } = routingKey;

    public static uint Id => MethodId.BasicDeliver;

    public static BasicDeliver Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var consumerTag = reader.ReadShortStringBytes();
        var deliveryTag = reader.ReadUInt64();
        var redelivered = (reader.ReadBits() & 1) != 0;
        var exchange = reader.ReadShortStringBytes();
        var routingKey = reader.ReadShortStringBytes();
        reader.End();
        return new BasicDeliver(consumerTag, deliveryTag, redelivered, exchange, routingKey);
    }

    public int GetArgumentsSize() =>
        9 + WireSize.ShortString(ConsumerTag) + WireSize.ShortString(Exchange) + WireSize.ShortString(RoutingKey);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteShortString(ConsumerTag);
        writer.WriteUInt64(DeliveryTag);
        writer.WriteBits(Redelivered);
        writer.WriteShortString(Exchange);
        writer.WriteShortString(RoutingKey);
    }
}

/// <summary>basic.get (§1.8.3.10), client to server.</summary>
public readonly record struct BasicGet(string Queue, bool NoAck) : IMethod<BasicGet>
{
    public static uint Id => MethodId.BasicGet;

    public static BasicGet Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.SkipUInt16();
        var queue = reader.ReadShortString();
        var noAck = (reader.ReadBits() & 1) != 0;
        reader.End();
        return new BasicGet(queue, noAck);
    }

    public int GetArgumentsSize() => 3 + WireSize.ShortString(Queue);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt16(0);
        writer.WriteShortString(Queue);
        writer.WriteBits(NoAck);
    }
}

/// <summary>basic.get-ok (§1.8.3.11), server to client; content follows. The count is of messages that are left.</summary>
public readonly ref struct BasicGetOk(
    ulong deliveryTag, bool redelivered, ReadOnlySpan<byte> exchange, ReadOnlySpan<byte> routingKey, uint messageCount)
    : IMethod<BasicGetOk>
{
    public ulong DeliveryTag { get; } = deliveryTag;

    public bool Redelivered { get; } = redelivered;

    public ReadOnlySpan<byte> Exchange { get; } = exchange;

    public ReadOnlySpan<byte> RoutingKey { get; } = routingKey;

    public uint MessageCount { get; } = messageCount;

    public static uint Id => MethodId.BasicGetOk;

    public static BasicGetOk Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var deliveryTag = reader.ReadUInt64();
        var redelivered = (reader.ReadBits() & 1) != 0;
        var exchange = reader.ReadShortStringBytes();
        var routingKey = reader.ReadShortStringBytes();
        var messageCount = reader.ReadUInt32();
        reader.End();
        return new BasicGetOk(deliveryTag, redelivered, exchange, routingKey, messageCount);
    }

    public int GetArgumentsSize() => 13 + WireSize.ShortString(Exchange) + WireSize.ShortString(RoutingKey);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt64(DeliveryTag);
        writer.WriteBits(Redelivered);
        writer.WriteShortString(Exchange);
        writer.WriteShortString(RoutingKey);
        writer.WriteUInt32(MessageCount);
    }
}

/// <summary>basic.get-empty (§1.8.3.12), server to client.</summary>
public readonly record struct BasicGetEmpty : IMethod<BasicGetEmpty>
{
    public static uint Id => MethodId.BasicGetEmpty;

    public static BasicGetEmpty Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.SkipShortString();
        reader.End();
        return default;
    }

    public int GetArgumentsSize() => 1;

    public void WriteArguments(ref WireWriter writer) => writer.WriteByte(0);
}
