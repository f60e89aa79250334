namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>connection.close (AMQP 0-9-1 §1.5.2.9), both ways. Class and method name the method that failed, or are 0.</summary>
public readonly record struct ConnectionClose(ReplyCode ReplyCode, string ReplyText, ushort ClassId, ushort FailedMethodId)
    : IMethod<ConnectionClose>
{
    public static uint Id => MethodId.ConnectionClose;

    public static ConnectionClose Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var replyCode = (ReplyCode)reader.ReadUInt16();
        var replyText = reader.ReadShortString();
        var classId = reader.ReadUInt16();
        var failedMethodId = reader.ReadUInt16();
        reader.End();
        return new ConnectionClose(replyCode, replyText, classId, failedMethodId);
    }

    public int GetArgumentsSize() => 6 + WireSize.ShortString(ReplyText);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteUInt16((ushort)ReplyCode);
        writer.WriteShortString(ReplyText);
        writer.WriteUInt16(ClassId);
        writer.WriteUInt16(FailedMethodId);
    }
}

/// <summary>connection.close-ok (§1.5.2.10), both ways.</summary>
public readonly record struct ConnectionCloseOk : IMethod<ConnectionCloseOk>
{
    public static uint Id => MethodId.ConnectionCloseOk;

    public static ConnectionCloseOk Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}

/// <summary>connection.blocked (RabbitMQ's extension), server to client: publishing is held back until connection.unblocked.</summary>
public readonly record struct ConnectionBlocked(string Reason) : IMethod<ConnectionBlocked>
{
    public static uint Id => MethodId.ConnectionBlocked;

    public static ConnectionBlocked Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var reason = reader.ReadShortString();
        reader.End();
        return new ConnectionBlocked(reason);
    }

    public int GetArgumentsSize() => WireSize.ShortString(Reason);

    public void WriteArguments(ref WireWriter writer) => writer.WriteShortString(Reason);
}

/// <summary>connection.unblocked (RabbitMQ's extension), server to client.</summary>
public readonly record struct ConnectionUnblocked : IMethod<ConnectionUnblocked>
{
    public static uint Id => MethodId.ConnectionUnblocked;

    public static ConnectionUnblocked Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}

/// <summary>connection.update-secret (RabbitMQ's extension), client to server: a renewed OAuth 2 token, which belongs in no log.</summary>
public readonly ref struct ConnectionUpdateSecret(ReadOnlySpan<byte> newSecret, string reason) : IMethod<ConnectionUpdateSecret>
{
    public ReadOnlySpan<byte> NewSecret { get; } = newSecret;

    public string Reason { get; } = reason;

    public static uint Id => MethodId.ConnectionUpdateSecret;

    public static ConnectionUpdateSecret Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var newSecret = reader.ReadLongStringBytes();
        var reason = reader.ReadShortString();
        reader.End();
        return new ConnectionUpdateSecret(newSecret, reason);
    }

    public int GetArgumentsSize() => WireSize.LongString(NewSecret) + WireSize.ShortString(Reason);

    public void WriteArguments(ref WireWriter writer)
    {
        writer.WriteLongString(NewSecret);
        writer.WriteShortString(Reason);
    }
}

/// <summary>connection.update-secret-ok (RabbitMQ's extension), server to client.</summary>
public readonly record struct ConnectionUpdateSecretOk : IMethod<ConnectionUpdateSecretOk>
{
    public static uint Id => MethodId.ConnectionUpdateSecretOk;

    public static ConnectionUpdateSecretOk Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}
