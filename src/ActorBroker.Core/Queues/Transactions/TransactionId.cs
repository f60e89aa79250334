namespace ActorBroker.Core.Queues.Transactions;

/// <summary>
/// One commit over several queues. Random, so that ids of any node and time differ and are spread evenly over the
/// entities that decide.
/// </summary>
public readonly record struct TransactionId(Guid Value)
{
    /// <summary>Bytes of the written form.</summary>
    public const int Size = 16;

    /// <summary>How many entities decide, for ever: an id must lead to the same one after any restart.</summary>
    public const int DeciderCount = 8;

    /// <summary>Which of them decides this one, from 0.</summary>
    public int Decider
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Size];
            Write(bytes);
            return bytes[Size - 1] % DeciderCount;
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is not <see cref="Size"/> bytes long.</exception>
    public static TransactionId Read(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? new TransactionId(new Guid(bytes, bigEndian: true))
        : throw new InvalidDataException($"A transaction's id has {bytes.Length} bytes instead of {Size}.");

    /// <summary>Fills the first <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> destination) => Value.TryWriteBytes(destination, bigEndian: true, out _);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
