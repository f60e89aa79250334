namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// basic.ack (AMQP 0-9-1 §1.8.3.13), client to server, and server to client as a publisher confirm. Tag 0 with multiple
/// means all.
/// </summary>
public readonly record struct BasicAck(ulong DeliveryTag, bool Multiple) : IMethod<BasicAck>
{
    public static uint Id => MethodId.BasicAck;

    public static BasicAck Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var deliveryTag = reader.ReadUInt64();
        var multiple = (reader.ReadBits() & 1) != 0;
        reader.End();
        return new BasicAck(deliveryTag, multiple);
    }

    public int GetArgumentsSize() => 9;

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt64(DeliveryTag);
        writer.WriteBits(Multiple);
    }
}

/// <summary>basic.reject (§1.8.3.14), client to server.</summary>
public readonly record struct BasicReject(ulong DeliveryTag, bool Requeue) : IMethod<BasicReject>
{
    public static uint Id => MethodId.BasicReject;

    public static BasicReject Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var deliveryTag = reader.ReadUInt64();
        var requeue = (reader.ReadBits() & 1) != 0;
        reader.End();
        return new BasicReject(deliveryTag, requeue);
    }

    public int GetArgumentsSize() => 9;

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt64(DeliveryTag);
        writer.WriteBits(Requeue);
    }
}

/// <summary>basic.recover-async (§1.8.3.15), client to server; deprecated, and never answered.</summary>
public readonly record struct BasicRecoverAsync(bool Requeue) : IMethod<BasicRecoverAsync>
{
    public static uint Id => MethodId.BasicRecoverAsync;

    public static BasicRecoverAsync Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var requeue = (reader.ReadBits() & 1) != 0;
        reader.End();
        return new BasicRecoverAsync(requeue);
    }

    public int GetArgumentsSize() => 1;

    public void WriteArguments(ref WireWriter writer) => writer.WriteBits(Requeue);
}

/// <summary>basic.recover (§1.8.3.16), client to server.</summary>
public readonly record struct BasicRecover(bool Requeue) : IMethod<BasicRecover>
{
    public static uint Id => MethodId.BasicRecover;

    public static BasicRecover Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var requeue = (reader.ReadBits() & 1) != 0;
        reader.End();
        return new BasicRecover(requeue);
    }

    public int GetArgumentsSize() => 1;

    public void WriteArguments(ref WireWriter writer) => writer.WriteBits(Requeue);
}

/// <summary>basic.recover-ok (§1.8.3.17), server to client.</summary>
public readonly record struct BasicRecoverOk : IMethod<BasicRecoverOk>
{
    public static uint Id => MethodId.BasicRecoverOk;

    public static BasicRecoverOk Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}

/// <summary>basic.nack (RabbitMQ's extension), both ways: a reject of several, or a publish that was not accepted.</summary>
public readonly record struct BasicNack(ulong DeliveryTag, bool Multiple, bool Requeue) : IMethod<BasicNack>
{
    public static uint Id => MethodId.BasicNack;

    public static BasicNack Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var deliveryTag = reader.ReadUInt64();
        var bits = reader.ReadBits();
        reader.End();
        return new BasicNack(deliveryTag, (bits & 1) != 0, (bits & 2) != 0);
    }

    public int GetArgumentsSize() => 9;

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt64(DeliveryTag);
        writer.WriteBits(Multiple, Requeue);
    }
}
