using ActorBroker.Core.Arguments;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>basic.qos (AMQP 0-9-1 §1.8.3.1), client to server. To RabbitMQ, global means shared by the channel.</summary>
public readonly record struct BasicQos(uint PrefetchSize, ushort PrefetchCount, bool Global) : IMethod<BasicQos>
{
    public static uint Id => MethodId.BasicQos;

    public static BasicQos Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var prefetchSize = reader.ReadUInt32();
        var prefetchCount = reader.ReadUInt16();
        var global = (reader.ReadBits() & 1) != 0;
        reader.End();
        return new BasicQos(prefetchSize, prefetchCount, global);
    }

    public int GetArgumentsSize() => 7;

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt32(PrefetchSize);
        writer.WriteUInt16(PrefetchCount);
        writer.WriteBits(Global);
    }
}

/// <summary>basic.qos-ok (§1.8.3.2), server to client.</summary>
public readonly record struct BasicQosOk : IMethod<BasicQosOk>
{
    public static uint Id => MethodId.BasicQosOk;

    public static BasicQosOk Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}

/// <summary>basic.consume (§1.8.3.3), client to server. An empty tag asks the server for one.</summary>
public readonly record struct BasicConsume(
    string Queue, string ConsumerTag, bool NoLocal, bool NoAck, bool Exclusive, bool NoWait, ArgumentTable Arguments)
    : IMethod<BasicConsume>
{
    public static uint Id => MethodId.BasicConsume;

    public static BasicConsume Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.SkipUInt16();
        var queue = reader.ReadShortString();
        var consumerTag = reader.ReadShortString();
        var bits = reader.ReadBits();
        var arguments = reader.ReadTable();
        reader.End();
        return new BasicConsume(queue, consumerTag, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, arguments);
    }

    public int GetArgumentsSize() => 3 + WireSize.ShortString(Queue) + WireSize.ShortString(ConsumerTag) + WireSize.Table(Arguments);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt16(0);
        writer.WriteShortString(Queue);
        writer.WriteShortString(ConsumerTag);
        writer.WriteBits(NoLocal, NoAck, Exclusive, NoWait);
        writer.WriteTable(Arguments);
    }
}

/// <summary>basic.consume-ok (§1.8.3.4), server to client.</summary>
public readonly record struct BasicConsumeOk(string ConsumerTag) : IMethod<BasicConsumeOk>
{
    public static uint Id => MethodId.BasicConsumeOk;

    public static BasicConsumeOk Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var consumerTag = reader.ReadShortString();
        reader.End();
        return new BasicConsumeOk(consumerTag);
    }

    public int GetArgumentsSize() => WireSize.ShortString(ConsumerTag);

    public void WriteArguments(ref WireWriter writer) => writer.WriteShortString(ConsumerTag);
}

/// <summary>basic.cancel (§1.8.3.5), client to server, and server to client when a consumer's queue goes away.</summary>
public readonly record struct BasicCancel(string ConsumerTag, bool NoWait) : IMethod<BasicCancel>
{
    public static uint Id => MethodId.BasicCancel;

    public static BasicCancel Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var consumerTag = reader.ReadShortString();
        var noWait = (reader.ReadBits() & 1) != 0;
        reader.End();
        return new BasicCancel(consumerTag, noWait);
    }

    public int GetArgumentsSize() => 1 + WireSize.ShortString(ConsumerTag);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteShortString(ConsumerTag);
        writer.WriteBits(NoWait);
    }
}

/// <summary>basic.cancel-ok (§1.8.3.6), both ways.</summary>
public readonly record struct BasicCancelOk(string ConsumerTag) : IMethod<BasicCancelOk>
{
    public static uint Id => MethodId.BasicCancelOk;

    public static BasicCancelOk Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var consumerTag = reader.ReadShortString();
        reader.End();
        return new BasicCancelOk(consumerTag);
    }

    public int GetArgumentsSize() => WireSize.ShortString(ConsumerTag);

    public void WriteArguments(ref WireWriter writer) => writer.WriteShortString(ConsumerTag);
}
