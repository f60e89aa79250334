namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>confirm.select (RabbitMQ's extension), client to server: publishes on this channel are confirmed from now on.</summary>
public readonly record struct ConfirmSelect(bool NoWait) : IMethod<ConfirmSelect>
{
    public static uint Id => MethodId.ConfirmSelect;

    public static ConfirmSelect Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var noWait = (reader.ReadBits() & 1) != 0;
        reader.End();
        return new ConfirmSelect(noWait);
    }

    public int GetArgumentsSize() => 1;

    public void WriteArguments(ref WireWriter writer) => writer.WriteBits(NoWait);
}

/// <summary>confirm.select-ok (RabbitMQ's extension), server to client.</summary>
public readonly record struct ConfirmSelectOk : IMethod<ConfirmSelectOk>
{
    public static uint Id => MethodId.ConfirmSelectOk;

    public static ConfirmSelectOk Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}
