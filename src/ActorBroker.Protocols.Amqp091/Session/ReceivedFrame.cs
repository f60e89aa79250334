using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>A frame, or a piece of a body frame, whose bytes stay in place until the session's next end of read.</summary>
internal readonly record struct ReceivedFrame(
    FrameType Type, ushort Channel, byte[] Buffer, int Offset, int Length, bool IsStart, bool IsEnd)
{
    public ReadOnlySpan<byte> Payload => Buffer.AsSpan(Offset, Length);

    /// <summary>Nothing but the end octet of a body frame whose payload came before.</summary>
    public bool IsBareEnd => Length == 0 && !IsStart;
}
