using System.Buffers;
using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

/// <summary>The bytes that a client sends.</summary>
internal sealed class ClientScript
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public static BasicProperties NoProperties { get; } = new();

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public ClientScript Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public ClientScript Method<TMethod>(ushort channel, in TMethod method)
        where TMethod : IMethod<TMethod>, allows ref struct
    {
        FrameWriter.WriteMethod(_bytes, channel, method);
        return this;
    }

    public ClientScript Header(ushort channel, ulong bodySize, ReadOnlySpan<byte> properties)
    {
        var size = FrameWriter.GetContentHeaderFrameSize(properties.Length);
        _bytes.Advance(FrameWriter.WriteContentHeader(_bytes.GetSpan(size), channel, bodySize, properties));
        return this;
    }

    public ClientScript Body(ushort channel, ReadOnlySpan<byte> body)
    {
        _bytes.Advance(FrameWriter.WriteBodyHeader(_bytes.GetSpan(Frame.HeaderSize), channel, body.Length));
        return Raw(body).Raw(Frame.EndOctet);
    }

    public ClientScript Publish(
        ushort channel, string exchange, string routingKey, ReadOnlySpan<byte> body, BasicProperties? properties = null,
        bool mandatory = false, bool immediate = false, int frameMax = 131_072)
    {
        Method(channel, new BasicPublish(Encoding.UTF8.GetBytes(exchange), Encoding.UTF8.GetBytes(routingKey), mandatory, immediate));
        Header(channel, (ulong)body.Length, (properties ?? NoProperties).ToArray());
        while (!body.IsEmpty)
        {
            var piece = body[..Math.Min(body.Length, frameMax - Frame.Overhead)];
            Body(channel, piece);
            body = body[piece.Length..];
        }

        return this;
    }

    public ClientScript StartOk(string mechanism = "PLAIN", string response = "\0guest\0guest", bool capable = true) => Method(0, new ConnectionStartOk(
        ArgumentTable.Of(("capabilities", ArgumentValue.FromTable(ArgumentTable.Of(
            ("consumer_cancel_notify", ArgumentValue.FromBoolean(capable)),
            ("connection.blocked", ArgumentValue.FromBoolean(capable)),
            ("authentication_failure_close", ArgumentValue.FromBoolean(capable)))))),
        mechanism, Encoding.UTF8.GetBytes(response), "en_US"));

    public ClientScript TuneOk(ushort channelMax = 2047, uint frameMax = 131_072, ushort heartbeat = 60) =>
        Method(0, new ConnectionTuneOk(channelMax, frameMax, heartbeat));

    /// <summary>The whole handshake and one channel.</summary>
    public ClientScript OpenChannel(ushort channel = 1, uint frameMax = 131_072, bool capable = true) => Raw(ProtocolHeader.Bytes)
        .StartOk(capable: capable).TuneOk(frameMax: frameMax).Method(0, new ConnectionOpen("/")).Method(channel, new ChannelOpen());
}
