using System.Buffers.Binary;

namespace ActorBroker.Testing.Clients;

/// <summary>Identity of a published message, which orders the messages of a publisher; it is what the body consists of.</summary>
public readonly record struct MessageId(int Publisher, int Round, int Sequence)
{
    private const int Length = 12;
    private const int LargestPadding = 2_000;

    /// <summary>Place among the messages of the same publisher.</summary>
    public long Order => ((long)Round << 32) + Sequence;

    /// <summary>A body of varying size that <see cref="FromBody"/> can check to the last octet.</summary>
    public byte[] ToBody()
    {
        var body = new byte[Length + Padding];
        BinaryPrimitives.WriteInt32BigEndian(body, Publisher);
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(4), Round);
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(8), Sequence);
        body.AsSpan(Length).Fill((byte)Sequence);
        return body;
    }

    public static MessageId FromBody(ReadOnlySpan<byte> body)
    {
        var id = new MessageId(
            BinaryPrimitives.ReadInt32BigEndian(body),
            BinaryPrimitives.ReadInt32BigEndian(body[4..]),
            BinaryPrimitives.ReadInt32BigEndian(body[8..]));
        return body.SequenceEqual(id.ToBody()) ? id : throw new InvalidDataException($"the body of {id} was damaged");
    }

    private int Padding => (int)((uint)(Sequence * 7919) % LargestPadding);
}
