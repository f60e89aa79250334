using ActorBroker.Core.Arguments;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// exchange.declare (AMQP 0-9-1 §1.6.2.1), client to server. Auto-delete and internal are RabbitMQ's use of reserved bits.
/// </summary>
public readonly record struct ExchangeDeclare(
    string Exchange, string Type, bool Passive, bool Durable, bool AutoDelete, bool Internal, bool NoWait,
    ArgumentTable Arguments)
    : IMethod<ExchangeDeclare>
{
    public static uint Id => MethodId.ExchangeDeclare;

    public static ExchangeDeclare Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.SkipUInt16();
        var exchange = reader.ReadShortString();
        var type = reader.ReadShortString();
        var bits = reader.ReadBits();
        var arguments = reader.ReadTable();
        reader.End();
        return new ExchangeDeclare(
            exchange, type, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0, arguments);
    }

    public int GetArgumentsSize() => 3 + WireSize.ShortString(Exchange) + WireSize.ShortString(Type) + WireSize.Table(Arguments);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt16(0);
        writer.WriteShortString(Exchange);
        writer.WriteShortString(Type);
        writer.WriteBits(Passive, Durable, AutoDelete, Internal, NoWait);
        writer.WriteTable(Arguments);
    }
}

/// <summary>exchange.declare-ok (§1.6.2.2), server to client.</summary>
public readonly record struct ExchangeDeclareOk : IMethod<ExchangeDeclareOk>
{
    public static uint Id => MethodId.ExchangeDeclareOk;

    public static ExchangeDeclareOk Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}

/// <summary>exchange.delete (§1.6.2.3), client to server.</summary>
public readonly record struct ExchangeDelete(string Exchange, bool IfUnused, bool NoWait) : IMethod<ExchangeDelete>
{
    public static uint Id => MethodId.ExchangeDelete;

    public static ExchangeDelete Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.SkipUInt16();
        var exchange = reader.ReadShortString();
        var bits = reader.ReadBits();
        reader.End();
        return new ExchangeDelete(exchange, (bits & 1) != 0, (bits & 2) != 0);
    }

    public int GetArgumentsSize() => 3 + WireSize.ShortString(Exchange);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt16(0);
        writer.WriteShortString(Exchange);
        writer.WriteBits(IfUnused, NoWait);
    }
}

/// <summary>exchange.delete-ok (§1.6.2.4), server to client.</summary>
public readonly record struct ExchangeDeleteOk : IMethod<ExchangeDeleteOk>
{
    public static uint Id => MethodId.ExchangeDeleteOk;

    public static ExchangeDeleteOk Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}

/// <summary>exchange.bind (RabbitMQ's extension), client to server: the destination receives what the source routes.</summary>
public readonly record struct ExchangeBind(string Destination, string Source, string RoutingKey, bool NoWait, ArgumentTable Arguments)
    : IMethod<ExchangeBind>
{
    public static uint Id => MethodId.ExchangeBind;

    public static ExchangeBind Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.SkipUInt16();
        var destination = reader.ReadShortString();
        var source = reader.ReadShortString();
        var routingKey = reader.ReadShortString();
        var noWait = (reader.ReadBits() & 1) != 0;
        var arguments = reader.ReadTable();
        reader.End();
        return new ExchangeBind(destination, source, routingKey, noWait, arguments);
    }

    public int GetArgumentsSize() =>
        3 + WireSize.ShortString(Destination) + WireSize.ShortString(Source) + WireSize.ShortString(RoutingKey) + WireSize.Table(Arguments);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt16(0);
        writer.WriteShortString(Destination);
        writer.WriteShortString(Source);
        writer.WriteShortString(RoutingKey);
        writer.WriteBits(NoWait);
        writer.WriteTable(Arguments);
    }
}

/// <summary>exchange.bind-ok (RabbitMQ's extension), server to client.</summary>
public readonly record struct ExchangeBindOk : IMethod<ExchangeBindOk>
{
    public static uint Id => MethodId.ExchangeBindOk;

    public static ExchangeBindOk Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}

/// <summary>exchange.unbind (RabbitMQ's extension), client to server.</summary>
public readonly record struct ExchangeUnbind(string Destination, string Source, string RoutingKey, bool NoWait, ArgumentTable Arguments)
    : IMethod<ExchangeUnbind>
{
    public static uint Id => MethodId.ExchangeUnbind;

    public static ExchangeUnbind Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.SkipUInt16();
        var destination = reader.ReadShortString();
        var source = reader.ReadShortString();
        var routingKey = reader.ReadShortString();
        var noWait = (reader.ReadBits() & 1) != 0;
        var arguments = reader.ReadTable();
        reader.End();
        return new ExchangeUnbind(destination, source, routingKey, noWait, arguments);
    }

    public int GetArgumentsSize() =>
        3 + WireSize.ShortString(Destination) + WireSize.ShortString(Source) + WireSize.ShortString(RoutingKey) + WireSize.Table(Arguments);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt16(0);
        writer.WriteShortString(Destination);
        writer.WriteShortString(Source);
        writer.WriteShortString(RoutingKey);
        writer.WriteBits(NoWait);
        writer.WriteTable(Arguments);
    }
}

/// <summary>exchange.unbind-ok (RabbitMQ's extension), server to client; its method id is 51.</summary>
public readonly record struct ExchangeUnbindOk : IMethod<ExchangeUnbindOk>
{
    public static uint Id => MethodId.ExchangeUnbindOk;

    public static ExchangeUnbindOk Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}
