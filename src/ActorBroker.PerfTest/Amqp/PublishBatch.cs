using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using ActorBroker.PerfTest.Checking;
using ActorBroker.PerfTest.Options;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.PerfTest.Amqp;

/// <summary>
/// A buffer full of publishes of the same size, encoded once: for each write only the stamps are patched, so that a message
/// costs two stores, and the numbers of routing keys that change with each message.
/// </summary>
internal sealed class PublishBatch
{
    /// <summary>As large as pays off in one write: a core's cache holds it.</summary>
    private const int BytesAimedAt = 65_536;

    private readonly byte[] _bytes;
    private readonly int _messageSize;
    private readonly int _stampOffset;
    private readonly int _keyNumberOffset;
    private readonly KeyRotation? _keys;
    private readonly int _bodySize;

    public PublishBatch(string exchange, string routingKey, bool persistent, int bodySize, int frameMax, KeyRotation? keys = null)
    {
        _keys = keys;
        var publish = new BasicPublish(Encoding.UTF8.GetBytes(exchange), Encoding.UTF8.GetBytes(routingKey), mandatory: false, immediate: false);
        var properties = new BasicProperties { DeliveryMode = persistent ? (byte)2 : null }.ToArray();

        // The key is the last field but the flags.
        _keyNumberOffset = FrameWriter.GetMethodFrameSize(publish) - (Frame.Overhead - Frame.HeaderSize) - sizeof(byte) - KeyRotation.Digits;
        var contentOffset = FrameWriter.GetMethodFrameSize(publish) + FrameWriter.GetContentHeaderFrameSize(properties.Length);
        var messageSize = contentOffset + FrameWriter.GetBodyFramesSize(bodySize, frameMax);
        if (messageSize > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(bodySize));
        _messageSize = (int)messageSize;
        _stampOffset = contentOffset + Frame.HeaderSize;
        _bodySize = bodySize;
        Capacity = Math.Max(1, BytesAimedAt / _messageSize);
        _bytes = new byte[Capacity * _messageSize];

        var message = _bytes.AsSpan(0, _messageSize);
        var position = FrameWriter.WriteMethod(message, AmqpConnection.Channel, publish);
        position += FrameWriter.WriteContentHeader(message[position..], AmqpConnection.Channel, (ulong)bodySize, properties);
        FrameWriter.WriteBodyFrames(message[position..], AmqpConnection.Channel, new byte[bodySize], frameMax);
        for (var index = 1; index < Capacity; index++)
            message.CopyTo(_bytes.AsSpan(index * _messageSize));
    }

    /// <summary>How many messages go into one write.</summary>
    public int Capacity { get; }

    /// <summary>Stamps the first messages of the buffer.</summary>
    /// <param name="identity">That of the first one; the others' follow.</param>
    /// <param name="sentAt">A reading of the monotonic clock.</param>
    /// <returns>The frames to send, valid until the next call.</returns>
    public ReadOnlySpan<byte> Stamp(ulong identity, int count, long sentAt)
    {
        var bytes = _bytes.AsSpan(0, count * _messageSize);
        if (_keys is not null)
            StampKeys(bytes, _keys, MessageStamp.SequenceOf(identity));
        if (_bodySize < MessageStamp.IdentitySize)
            return bytes;
        var hasTime = _bodySize >= MessageStamp.Size;
        for (var offset = _stampOffset; offset < bytes.Length; offset += _messageSize)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes[offset..], identity++);
            if (hasTime)
                BinaryPrimitives.WriteInt64BigEndian(bytes[(offset + MessageStamp.IdentitySize)..], sentAt);
        }

        return bytes;
    }

    private void StampKeys(Span<byte> bytes, KeyRotation keys, long sequence)
    {
        for (var offset = _keyNumberOffset; offset < bytes.Length; offset += _messageSize)
            Utf8Formatter.TryFormat(keys.NumberOf(sequence++), bytes[offset..], out _, new StandardFormat('D', KeyRotation.Digits));
    }
}
