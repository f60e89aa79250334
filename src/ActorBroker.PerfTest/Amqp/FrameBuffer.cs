using System.Net.Sockets;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.PerfTest.Amqp;

/// <summary>
/// The bytes received on a connection, cut into frames in place. One thread reads; nothing is allocated after construction.
/// </summary>
internal sealed class FrameBuffer
{
    /// <summary>Frames may be so large; larger ones are not asked for when tuning.</summary>
    public const int FrameMax = 131_072;

    private readonly byte[] _bytes = new byte[2 * FrameMax];
    private FrameDecoder _decoder = new(FrameMax);
    private int _start;
    private int _end;

    /// <summary>Takes the next frame, or piece of a body frame. False: more bytes must be received first.</summary>
    /// <exception cref="LoadException">The broker sent something that is no frame.</exception>
    public bool TryRead(out FrameSlice slice)
    {
        var status = _decoder.Read(_bytes.AsSpan(0, _end), ref _start, out slice);
        if (status == FrameDecodeStatus.Malformed)
            throw new LoadException($"the broker sent malformed frames: {_decoder.Error!.Message}");
        return status == FrameDecodeStatus.Slice;
    }

    /// <summary>The payload of a slice; valid until the next <see cref="Receive"/>.</summary>
    public ReadOnlySpan<byte> PayloadOf(in FrameSlice slice) => _bytes.AsSpan(slice.PayloadOffset, slice.PayloadLength);

    /// <summary>Waits for bytes and appends them to what <see cref="TryRead"/> left. False: the peer closed the connection.</summary>
    public bool Receive(Socket socket)
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            _end -= _start;
            _start = 0;
        }

        var received = socket.Receive(_bytes.AsSpan(_end));
        _end += received;
        return received > 0;
    }
}
