using System.Buffers.Binary;
using System.Text;
using ActorBroker.Core.Messages;

namespace ActorBroker.Contracts.Serialization;

/// <summary>Writes numbers (little endian) and batches one after the other into an array of the exact size.</summary>
internal ref struct ByteFrameWriter(Span<byte> destination)
{
    private Span<byte> _rest = destination;

    public void WriteByte(byte value)
    {
        _rest[0] = value;
        _rest = _rest[sizeof(byte)..];
    }

    public void WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_rest, value);
        _rest = _rest[sizeof(int)..];
    }

    public void WriteInt64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_rest, value);
        _rest = _rest[sizeof(long)..];
    }

    /// <summary>UTF-8 with its length in 16 bits in front.</summary>
    /// <exception cref="OverflowException">It is longer than that.</exception>
    public void WriteText(string text)
    {
        var length = Encoding.UTF8.GetBytes(text, _rest[sizeof(ushort)..]);
        BinaryPrimitives.WriteUInt16LittleEndian(_rest, checked((ushort)length));
        _rest = _rest[(sizeof(ushort) + length)..];
    }

    /// <summary>The form of <see cref="MessageBatchCodec"/> up to the end of what is written.</summary>
    public void WriteBatch(MessageBatch batch) =>
        _rest = _rest[MessageBatchCodec.Write(batch, _rest)..];

    /// <summary>A run of a batch's messages in the form of <see cref="MessageBatchCodec"/>, its length in front.</summary>
    public void WriteSizedBatch(MessageBatch batch, int start, int count)
    {
        var length = MessageBatchCodec.Write(batch, start, count, _rest[sizeof(int)..]);
        WriteInt32(length);
        _rest = _rest[length..];
    }
}

/// <summary>Reads what <see cref="ByteFrameWriter"/> wrote. Bytes that end early, or not where they should, are an <see cref="InvalidDataException"/>.</summary>
internal struct ByteFrameReader(byte[] array)
{
    private int _position;

    public readonly int Remaining => array.Length - _position;

    public byte ReadByte() => array[Take(sizeof(byte))];

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(array.AsSpan(Take(sizeof(int))));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(array.AsSpan(Take(sizeof(long))));

    public ReadOnlySpan<byte> ReadBytes(int count) => array.AsSpan(Take(count), count);

    public string ReadText()
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(sizeof(ushort)));
        return Encoding.UTF8.GetString(ReadBytes(length));
    }

    /// <summary>A number of items of at least <paramref name="itemSize"/> bytes each: never more than the bytes that are left hold.</summary>
    public int ReadCount(int itemSize)
    {
        var count = ReadInt32();
        return count >= 0 && count <= Remaining / itemSize
            ? count
            : throw new InvalidDataException($"A count of {count} at byte {_position - sizeof(int)} is more than {Remaining} bytes hold.");
    }

    /// <summary>A batch that takes the rest and points into the array.</summary>
    public MessageBatch ReadBatch() => ReadBatch(Remaining);

    /// <summary>A batch with its length in front, which points into the array.</summary>
    public MessageBatch ReadSizedBatch() => ReadBatch(ReadInt32());

    public readonly void End()
    {
        if (Remaining != 0)
        {
            throw new InvalidDataException($"{Remaining} bytes are left over from byte {_position} on.");
        }
    }

    private MessageBatch ReadBatch(int length) => MessageBatchCodec.Read(array, Take(length), length);

    private int Take(int length)
    {
        var start = _position;
        if (length < 0 || length > Remaining)
        {
            throw new InvalidDataException($"{length} bytes are wanted at byte {start}, {Remaining} are left.");
        }

        _position += length;
        return start;
    }
}
