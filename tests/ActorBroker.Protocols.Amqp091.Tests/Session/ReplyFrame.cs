using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

/// <summary>A frame that the server has sent.</summary>
internal sealed record ReplyFrame(FrameType Type, ushort Channel, byte[] Payload)
{
    public uint Id => Type == FrameType.Method ? MethodId.Read(Payload) : 0;

    /// <summary>A line that says all of it: the method's name with codes and texts of a close, or the type with the bytes.</summary>
    public override string ToString() => Id switch
    {
        MethodId.ChannelClose when ChannelClose.Read(Payload) is var close =>
            $"{Channel} channel.close {(int)close.ReplyCode} {close.ReplyText} ({close.ClassId},{close.FailedMethodId})",
        MethodId.ConnectionClose when ConnectionClose.Read(Payload) is var close =>
            $"{Channel} connection.close {(int)close.ReplyCode} {close.ReplyText} ({close.ClassId},{close.FailedMethodId})",
        0 => $"{Channel} {Type} {Convert.ToHexString(Payload)}",
        MethodId.BasicAck when BasicAck.Read(Payload) is var ack => $"{Channel} ack {ack.DeliveryTag} {ack.Multiple}",
        MethodId.BasicNack when BasicNack.Read(Payload) is var nack => $"{Channel} nack {nack.DeliveryTag} {nack.Multiple}",
        var id => $"{Channel} {MethodId.NameOf(id)}",
    };

    /// <summary>The frames that some bytes consist of.</summary>
    public static List<ReplyFrame> ReadAll(ReadOnlySpan<byte> bytes)
    {
        var decoder = new FrameDecoder(1 << 20);
        var frames = new List<ReplyFrame>();
        // The answer to a wrong protocol header stands alone.
        var position = bytes.SequenceEqual(ProtocolHeader.Bytes) ? bytes.Length : 0;
        while (decoder.Read(bytes, ref position, out var slice) == FrameDecodeStatus.Slice)
            frames.Add(new ReplyFrame(slice.Type, slice.Channel, bytes.Slice(slice.PayloadOffset, slice.PayloadLength).ToArray()));
        Assert.Equal(bytes.Length, position);
        return frames;
    }
}
