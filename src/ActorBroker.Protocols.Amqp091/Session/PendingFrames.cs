using System.Buffers.Binary;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>
/// Frames that wait for an answer of the broker, in their order:
/// <code>
/// | type | starts or ends its frame (bits 0, 1) | channel:uint16 | length:int32 | payload |
/// </code>
/// </summary>
internal sealed class PendingFrames
{
    private const int EntryHeaderSize = 8;

    private byte[] _buffer = [];
    private int _start;
    private int _end;

    /// <summary>Bytes kept.</summary>
    public int Length => _end - _start;

    public void Add(in ReceivedFrame frame)
    {
        var size = EntryHeaderSize + frame.Length;
        if (_buffer.Length - _end < size)
        {
            // A new array even where moving would do: messages taken from the old one may still be unread by the session.
            var larger = new byte[Math.Max(256, (Length + size) * 2)];
            _buffer.AsSpan(_start, Length).CopyTo(larger);
            _end -= _start;
            _start = 0;
            _buffer = larger;
        }

        var entry = _buffer.AsSpan(_end, size);
        entry[0] = (byte)frame.Type;
        entry[1] = (byte)((frame.IsStart ? 1 : 0) | (frame.IsEnd ? 2 : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], frame.Channel);
        BinaryPrimitives.WriteInt32LittleEndian(entry[4..], frame.Length);
        frame.Payload.CopyTo(entry[EntryHeaderSize..]);
        _end += size;
    }

    /// <summary>Takes the oldest frame. Its bytes stay in place until the session's next end of read.</summary>
    public bool TryTake(out ReceivedFrame frame)
    {
        if (_start == _end)
        {
            frame = default;
            return false;
        }

        var entry = _buffer.AsSpan(_start, EntryHeaderSize);
        frame = new ReceivedFrame(
            (FrameType)entry[0],
            BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]),
            _buffer,
            _start + EntryHeaderSize,
            BinaryPrimitives.ReadInt32LittleEndian(entry[4..]),
            IsStart: (entry[1] & 1) != 0,
            IsEnd: (entry[1] & 2) != 0);
        _start += EntryHeaderSize + frame.Length;
        if (_start == _end)
            Clear();
        return true;
    }

    public void Clear()
    {
        _buffer = [];
        _start = _end = 0;
    }
}
