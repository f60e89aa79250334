namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>channel.open (AMQP 0-9-1 §1.5.3.1), client to server.</summary>
public readonly record struct ChannelOpen : IMethod<ChannelOpen>
{
    public static uint Id => MethodId.ChannelOpen;

    public static ChannelOpen Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.SkipShortString();
        reader.End();
        return default;
    }

    public int GetArgumentsSize() => 1;

    public void WriteArguments(ref WireWriter writer) => writer.WriteByte(0);
}

/// <summary>channel.open-ok (§1.5.3.2), server to client.</summary>
public readonly record struct ChannelOpenOk : IMethod<ChannelOpenOk>
{
    public static uint Id => MethodId.ChannelOpenOk;

    public static ChannelOpenOk Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        reader.SkipLongString();
        reader.End();
        return default;
    }

    public int GetArgumentsSize() => 4;

    public void WriteArguments(ref WireWriter writer) => writer.WriteUInt32(0);
}

/// <summary>channel.flow (§1.5.3.3), both ways: stops or resumes content from the peer.</summary>
public readonly record struct ChannelFlow(bool Active) : IMethod<ChannelFlow>
{
    public static uint Id => MethodId.ChannelFlow;

    public static ChannelFlow Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var active = (reader.ReadBits() & 1) != 0;
        reader.End();
        return new ChannelFlow(active);
    }

    public int GetArgumentsSize() => 1;

    public void WriteArguments(ref WireWriter writer) => writer.WriteBits(Active);
}

/// <summary>channel.flow-ok (§1.5.3.4), both ways.</summary>
public readonly record struct ChannelFlowOk(bool Active) : IMethod<ChannelFlowOk>
{
    public static uint Id => MethodId.ChannelFlowOk;

    public static ChannelFlowOk Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var active = (reader.ReadBits() & 1) != 0;
        reader.End();
        return new ChannelFlowOk(active);
    }

    public int GetArgumentsSize() => 1;

    public void WriteArguments(ref WireWriter writer) => writer.WriteBits(Active);
}

/// <summary>channel.close (§1.5.3.5), both ways. Class and method name the method that failed, or are 0.</summary>
public readonly record struct ChannelClose(ReplyCode ReplyCode, string ReplyText, ushort ClassId, ushort FailedMethodId)
    : IMethod<ChannelClose>
{
    public static uint Id => MethodId.ChannelClose;

    public static ChannelClose Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var replyCode = (ReplyCode)reader.ReadUInt16();
        var replyText = reader.ReadShortString();
        var classId = reader.ReadUInt16();
        var failedMethodId = reader.ReadUInt16();
        reader.End();
        return new ChannelClose(replyCode, replyText, classId, failedMethodId);
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

/// <summary>channel.close-ok (§1.5.3.6), both ways.</summary>
public readonly record struct ChannelCloseOk : IMethod<ChannelCloseOk>
{
    public static uint Id => MethodId.ChannelCloseOk;

    public static ChannelCloseOk Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}
