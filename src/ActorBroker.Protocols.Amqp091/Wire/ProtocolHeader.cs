namespace ActorBroker.Protocols.Amqp091.Wire;

public enum ProtocolHeaderStatus
{
    /// <summary>What is there may still become a header; all of it must be presented again with more behind it.</summary>
    NeedMore,

    /// <summary>The eight bytes are the header of AMQP 0-9-1, or of 0-9, whose clients are served as though they had sent it.</summary>
    Amqp091,

    /// <summary>
    /// The eight bytes are the header of another AMQP version or layer: answer with <see cref="ProtocolHeader.Bytes"/> and close.
    /// </summary>
    OtherVersion,

    /// <summary>The bytes are not AMQP at all, and no more need be awaited: answer likewise and close.</summary>
    NotAmqp,
}

/// <summary>
/// The eight bytes with which a client opens a connection (AMQP 0-9-1 §4.2.2): "AMQP", a protocol id, and a version of three bytes.
/// </summary>
public static class ProtocolHeader
{
    public const int Size = 8;

    /// <summary>The header of AMQP 0-9-1, which a client sends and with which a server answers every other one.</summary>
    public static ReadOnlySpan<byte> Bytes => "AMQP\0\0\x09\x01"u8;

    // AMQP 0-9 differs from 0-9-1 in nothing that a connection could not bear; RabbitMQ takes it too.
    private static ReadOnlySpan<byte> Version09 => "AMQP\x01\x01\0\x09"u8;

    /// <param name="received">All that the peer sent so far; only the first <see cref="Size"/> bytes are looked at.</param>
    public static ProtocolHeaderStatus Read(ReadOnlySpan<byte> received)
    {
        var name = Bytes[..4];
        if (!received[..Math.Min(received.Length, name.Length)].SequenceEqual(name[..Math.Min(received.Length, name.Length)]))
            return ProtocolHeaderStatus.NotAmqp;
        if (received.Length < Size)
            return ProtocolHeaderStatus.NeedMore;
        var header = received[..Size];
        return header.SequenceEqual(Bytes) || header.SequenceEqual(Version09)
            ? ProtocolHeaderStatus.Amqp091
            : ProtocolHeaderStatus.OtherVersion;
    }
}
