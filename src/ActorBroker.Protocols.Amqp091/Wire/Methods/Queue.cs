using ActorBroker.Core.Arguments;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>queue.declare (AMQP 0-9-1 §1.7.2.1), client to server. An empty name asks the server for one.</summary>
public readonly record struct QueueDeclare(
    string Queue, bool Passive, bool Durable, bool Exclusive, bool AutoDelete, bool NoWait, ArgumentTable Arguments)
    : IMethod<QueueDeclare>
{
    public static uint Id => MethodId.QueueDeclare;

    public static QueueDeclare Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.SkipUInt16();
        var queue = reader.ReadShortString();
        var bits = reader.ReadBits();
        var arguments = reader.ReadTable();
        reader.End();
        return new QueueDeclare(queue, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0, arguments);
    }

    public int GetArgumentsSize() => 3 + WireSize.ShortString(Queue) + WireSize.Table(Arguments);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt16(0);
        writer.WriteShortString(Queue);
        writer.WriteBits(Passive, Durable, Exclusive, AutoDelete, NoWait);
        writer.WriteTable(Arguments);
    }
}

/// <summary>queue.declare-ok (§1.7.2.2), server to client: the name and the numbers of ready messages and of consumers.</summary>
public readonly record struct QueueDeclareOk(string Queue, uint MessageCount, uint ConsumerCount) : IMethod<QueueDeclareOk>
{
    public static uint Id => MethodId.QueueDeclareOk;

    public static QueueDeclareOk Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var queue = reader.ReadShortString();
        var messageCount = reader.ReadUInt32();
        var consumerCount = reader.ReadUInt32();
        reader.End();
        return new QueueDeclareOk(queue, messageCount, consumerCount);
    }

    public int GetArgumentsSize() => 8 + WireSize.ShortString(Queue);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteShortString(Queue);
        writer.WriteUInt32(MessageCount);
        writer.WriteUInt32(ConsumerCount);
    }
}

/// <summary>queue.bind (§1.7.2.3), client to server.</summary>
public readonly record struct QueueBind(string Queue, string Exchange, string RoutingKey, bool NoWait, ArgumentTable Arguments)
    : IMethod<QueueBind>
{
    public static uint Id => MethodId.QueueBind;

    public static QueueBind Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.SkipUInt16();
        var queue = reader.ReadShortString();
        var exchange = reader.ReadShortString();
        var routingKey = reader.ReadShortString();
        var noWait = (reader.ReadBits() & 1) != 0;
        var arguments = reader.ReadTable();
        reader.End();
        return new QueueBind(queue, exchange, routingKey, noWait, arguments);
    }

    public int GetArgumentsSize() =>
        3 + WireSize.ShortString(Queue) + WireSize.ShortString(Exchange) + WireSize.ShortString(RoutingKey) + WireSize.Table(Arguments);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt16(0);
        writer.WriteShortString(Queue);
        writer.WriteShortString(Exchange);
        writer.WriteShortString(RoutingKey);
        writer.WriteBits(NoWait);
        writer.WriteTable(Arguments);
    }
}

/// <summary>queue.bind-ok (§1.7.2.4), server to client.</summary>
public readonly record struct QueueBindOk : IMethod<QueueBindOk>
{
    public static uint Id => MethodId.QueueBindOk;

    public static QueueBindOk Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}

/// <summary>queue.unbind (§1.7.2.5), client to server; unlike its siblings it has no no-wait.</summary>
public readonly record struct QueueUnbind(string Queue, string Exchange, string RoutingKey, ArgumentTable Arguments) : IMethod<QueueUnbind>
{
    public static uint Id => MethodId.QueueUnbind;

    public static QueueUnbind Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.SkipUInt16();
        var queue = reader.ReadShortString();
        var exchange = reader.ReadShortString();
        var routingKey = reader.ReadShortString();
        var arguments = reader.ReadTable();
        reader.End();
        return new QueueUnbind(queue, exchange, routingKey, arguments);
    }

    public int GetArgumentsSize() =>
        2 + WireSize.ShortString(Queue) + WireSize.ShortString(Exchange) + WireSize.ShortString(RoutingKey) + WireSize.Table(Arguments);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt16(0);
        writer.WriteShortString(Queue);
        writer.WriteShortString(Exchange);
        writer.WriteShortString(RoutingKey);
        writer.WriteTable(Arguments);
    }
}

/// <summary>queue.unbind-ok (§1.7.2.6), server to client.</summary>
public readonly record struct QueueUnbindOk : IMethod<QueueUnbindOk>
{
    public static uint Id => MethodId.QueueUnbindOk;

    public static QueueUnbindOk Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}

/// <summary>queue.purge (§1.7.2.7), client to server.</summary>
public readonly record struct QueuePurge(string Queue, bool NoWait) : IMethod<QueuePurge>
{
    public static uint Id => MethodId.QueuePurge;

    public static QueuePurge Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.SkipUInt16();
        var queue = reader.ReadShortString();
        var noWait = (reader.ReadBits() & 1) != 0;
        reader.End();
        return new QueuePurge(queue, noWait);
    }

    public int GetArgumentsSize() => 3 + WireSize.ShortString(Queue);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt16(0);
        writer.WriteShortString(Queue);
        writer.WriteBits(NoWait);
    }
}

/// <summary>queue.purge-ok (§1.7.2.8), server to client.</summary>
public readonly record struct QueuePurgeOk(uint MessageCount) : IMethod<QueuePurgeOk>
{
    public static uint Id => MethodId.QueuePurgeOk;

    public static QueuePurgeOk Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var messageCount = reader.ReadUInt32();
        reader.End();
        return new QueuePurgeOk(messageCount);
    }

    public int GetArgumentsSize() => 4;

    public void WriteArguments(ref WireWriter writer) => writer.WriteUInt32(MessageCount);
}

/// <summary>queue.delete (§1.7.2.9), client to server.</summary>
public readonly record struct QueueDelete(string Queue, bool IfUnused, bool IfEmpty, bool NoWait) : IMethod<QueueDelete>
{
    public static uint Id => MethodId.QueueDelete;

    public static QueueDelete Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.SkipUInt16();
        var queue = reader.ReadShortString();
        var bits = reader.ReadBits();
        reader.End();
        return new QueueDelete(queue, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
    }

    public int GetArgumentsSize() => 3 + WireSize.ShortString(Queue);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt16(0);
        writer.WriteShortString(Queue);
        writer.WriteBits(IfUnused, IfEmpty, NoWait);
    }
}

/// <summary>queue.delete-ok (§1.7.2.10), server to client.</summary>
public readonly record struct QueueDeleteOk(uint MessageCount) : IMethod<QueueDeleteOk>
{
    public static uint Id => MethodId.QueueDeleteOk;

    public static QueueDeleteOk Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var messageCount = reader.ReadUInt32();
        reader.End();
        return new QueueDeleteOk(messageCount);
    }

    public int GetArgumentsSize() => 4;

    public void WriteArguments(ref WireWriter writer) => writer.WriteUInt32(MessageCount);
}
