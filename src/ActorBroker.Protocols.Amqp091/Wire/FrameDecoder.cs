using System.Buffers.Binary;

namespace ActorBroker.Protocols.Amqp091.Wire;

public enum FrameDecodeStatus
{
    /// <summary>There is a frame, or a piece of a body frame; the position moved past it.</summary>
    Slice,

    /// <summary>Nothing more can be taken from the buffer; what follows the position must be presented again with more behind it.</summary>
    NeedMore,

    /// <summary>The bytes are no AMQP frames; the decoder stays in this state.</summary>
    Malformed,
}

/// <summary>
/// Cuts a stream of bytes into frames (AMQP 0-9-1 §4.2.3). It keeps no bytes: a frame that is not whole stays with the caller,
/// which carries at most frame-max bytes over to its next read. Only a body frame is returned in pieces as it arrives, so that
/// a large one is never gathered.
/// </summary>
/// <remarks>A mutable struct: hold it in a field, and do not copy it. Not for use by two threads.</remarks>
public struct FrameDecoder
{
    private int _frameMax;

    // Of a body frame that is only partly there: its channel and how much of its payload is missing. Its end octet is missing too.
    private bool _isInBody;
    private ushort _bodyChannel;
    private int _bodyRemaining;

    /// <param name="frameMax">The largest frame accepted, in bytes, the eight of <see cref="Frame.Overhead"/> included.</param>
    public FrameDecoder(int frameMax) => FrameMax = frameMax;

    /// <summary>The largest frame accepted, in bytes. Set it after tuning; the frame under way is not judged again.</summary>
    public int FrameMax
    {
        readonly get => _frameMax;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, Frame.MinSizeMax);
            _frameMax = value;
        }
    }

    /// <summary>
    /// After <see cref="FrameDecodeStatus.NeedMore"/>: how many bytes, counted from the position, must be in the buffer for the
    /// next call to get further. Never above <see cref="FrameMax"/>.
    /// </summary>
    public int BytesNeeded { get; private set; }

    /// <summary>After <see cref="FrameDecodeStatus.Malformed"/>: what is wrong, with the code to close the connection with.</summary>
    public Amqp091WireException? Error { get; private set; }

    /// <summary>Takes the next frame, or piece of a body frame, from the buffer at the position.</summary>
    /// <param name="position">Moved past what was returned, and nowhere else.</param>
    public FrameDecodeStatus Read(ReadOnlySpan<byte> buffer, ref int position, out FrameSlice slice)
    {
        if (_isInBody || Error is not null)
            return ContinueBody(buffer, ref position, out slice);

        var available = buffer[position..];
        if (available.Length < Frame.HeaderSize)
            return NeedMore(Frame.Overhead, out slice);

        var type = available[0];
        var channel = BinaryPrimitives.ReadUInt16BigEndian(available[1..]);
        var size = BinaryPrimitives.ReadUInt32BigEndian(available[3..]);
        if (size > (uint)(_frameMax - Frame.Overhead) || !IsAcceptable(type, size))
            return Malformed(type, channel, size, out slice);

        var frameSize = (int)size + Frame.Overhead;
        if (available.Length < frameSize)
            return (FrameType)type == FrameType.Body
                ? BeginBody(channel, (int)size, available.Length, ref position, out slice)
                : NeedMore(frameSize, out slice);
        if (available[frameSize - 1] != Frame.EndOctet)
            return WrongEnd(available[frameSize - 1], type, channel, out slice);

        slice = new FrameSlice((FrameType)type, channel, position + Frame.HeaderSize, (int)size, IsStart: true, IsEnd: true);
        position += frameSize;
        return FrameDecodeStatus.Slice;
    }

    private FrameDecodeStatus BeginBody(ushort channel, int size, int available, ref int position, out FrameSlice slice)
    {
        var length = Math.Min(size, available - Frame.HeaderSize);
        if (length == 0)
            return NeedMore(Frame.Overhead, out slice);
        slice = new FrameSlice(FrameType.Body, channel, position + Frame.HeaderSize, length, IsStart: true, IsEnd: false);
        position += Frame.HeaderSize + length;
        _isInBody = true;
        _bodyChannel = channel;
        _bodyRemaining = size - length;
        return FrameDecodeStatus.Slice;
    }

    private FrameDecodeStatus ContinueBody(ReadOnlySpan<byte> buffer, ref int position, out FrameSlice slice)
    {
        slice = default;
        if (Error is not null)
            return FrameDecodeStatus.Malformed;
        var available = buffer.Length - position;
        if (available == 0)
            return NeedMore(1, out slice);
        if (available <= _bodyRemaining)
        {
            slice = new FrameSlice(FrameType.Body, _bodyChannel, position, available, IsStart: false, IsEnd: false);
            position += available;
            _bodyRemaining -= available;
            return FrameDecodeStatus.Slice;
        }

        var end = buffer[position + _bodyRemaining];
        if (end != Frame.EndOctet)
            return WrongEnd(end, (byte)FrameType.Body, _bodyChannel, out slice);
        slice = new FrameSlice(FrameType.Body, _bodyChannel, position, _bodyRemaining, IsStart: false, IsEnd: true);
        position += _bodyRemaining + 1;
        _isInBody = false;
        return FrameDecodeStatus.Slice;
    }

    // A heartbeat is empty (§4.2.7).
    private static bool IsAcceptable(byte type, uint size) =>
        type is >= (byte)FrameType.Method and <= (byte)FrameType.Body || (type == (byte)FrameType.Heartbeat && size == 0);

    private FrameDecodeStatus NeedMore(int bytes, out FrameSlice slice)
    {
        slice = default;
        BytesNeeded = bytes;
        return FrameDecodeStatus.NeedMore;
    }

    private FrameDecodeStatus Malformed(byte type, ushort channel, uint size, out FrameSlice slice)
    {
        var text = (FrameType)type switch
        {
            FrameType.Method or FrameType.Header or FrameType.Body =>
                $"frame of type {type} on channel {channel} with a payload of {size} bytes exceeds the frame size limit of {_frameMax}",
            FrameType.Heartbeat => $"heartbeat frame of {size} bytes on channel {channel}, must be empty",
            _ => $"unknown frame type {type}",
        };
        return Fail(text, out slice);
    }

    private FrameDecodeStatus WrongEnd(byte end, byte type, ushort channel, out FrameSlice slice) =>
        Fail($"frame of type {type} on channel {channel} ends with 0x{end:X2}, not with 0x{Frame.EndOctet:X2}", out slice);

    private FrameDecodeStatus Fail(string text, out FrameSlice slice)
    {
        slice = default;
        Error = new Amqp091WireException(ReplyCode.FrameError, text);
        return FrameDecodeStatus.Malformed;
    }
}
