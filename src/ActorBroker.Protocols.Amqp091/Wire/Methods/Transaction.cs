namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>tx.select (AMQP 0-9-1 §1.9.2.1), client to server.</summary>
public readonly record struct TxSelect : IMethod<TxSelect>
{
    public static uint Id => MethodId.TxSelect;

    public static TxSelect Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}

/// <summary>tx.select-ok (§1.9.2.2), server to client.</summary>
public readonly record struct TxSelectOk : IMethod<TxSelectOk>
{
    public static uint Id => MethodId.TxSelectOk;

    public static TxSelectOk Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}

/// <summary>tx.commit (§1.9.2.3), client to server.</summary>
public readonly record struct TxCommit : IMethod<TxCommit>
{
    public static uint Id => MethodId.TxCommit;

    public static TxCommit Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}

/// <summary>tx.commit-ok (§1.9.2.4), server to client.</summary>
public readonly record struct TxCommitOk : IMethod<TxCommitOk>
{
    public static uint Id => MethodId.TxCommitOk;

    public static TxCommitOk Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}

/// <summary>tx.rollback (§1.9.2.5), client to server.</summary>
public readonly record struct TxRollback : IMethod<TxRollback>
{
    public static uint Id => MethodId.TxRollback;

    public static TxRollback Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}

/// <summary>tx.rollback-ok (§1.9.2.6), server to client.</summary>
public readonly record struct TxRollbackOk : IMethod<TxRollbackOk>
{
    public static uint Id => MethodId.TxRollbackOk;

    public static TxRollbackOk Read(ReadOnlySpan<byte> payload)
    {
        new WireReader(payload).End();
        return default;
    }

    public int GetArgumentsSize() => 0;

    public void WriteArguments(ref WireWriter writer)
    {
    }
}
