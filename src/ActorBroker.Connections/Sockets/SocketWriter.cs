using System.Net.Sockets;

namespace ActorBroker.Connections.Sockets;

/// <summary>
/// The sending half of a socket: sends one <see cref="OutgoingBuffer"/> at a time, whole, its segments gathered, and
/// disposes it.
/// </summary>
internal sealed class SocketWriter : ISocketWriter
{
    /// <summary>Segments in one send. The system's own limit (IOV_MAX) is 1024; more than these gain nothing.</summary>
    private const int SegmentsInSend = 64;

    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _send = new(true);
    private readonly List<ArraySegment<byte>> _gathered = [];
    private OutgoingBuffer? _buffer;
    private int _segment;
    private int _offset;

    /// <param name="onCompleted">Called on a thread of the pool when a send that was pending has ended.</param>
    public SocketWriter(Socket socket, Action onCompleted)
    {
        _socket = socket;
        _send.Completed += (_, _) => onCompleted();
    }

    /// <inheritdoc/>
    public bool IsPending { get; private set; }

    /// <inheritdoc/>
    public SocketError Error { get; private set; }

    /// <inheritdoc/>
    public bool Send(OutgoingBuffer buffer)
    {
        _buffer = buffer;
        _segment = 0;
        _offset = 0;
        return SendRest();
    }

    /// <inheritdoc/>
    public bool Continue()
    {
        IsPending = false;
        return !Account() || SendRest();
    }

    /// <inheritdoc/>
    public void EndStream() => _socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => _send.Dispose();

    private bool SendRest()
    {
        while (_segment < _buffer!.SegmentCount)
        {
            Load();
            // Attempts the send at once, and waits only if the kernel's buffer is full.
            if (_socket.SendAsync(_send))
            {
                IsPending = true;
                return false;
            }

            if (!Account())
                return true;
        }

        End(SocketError.Success);
        return true;
    }

    private void Load()
    {
        var first = _buffer!.Segment(_segment)[_offset..];
        var count = Math.Min(_buffer.SegmentCount - _segment, SegmentsInSend);
        if (count == 1)
        {
            _send.BufferList = null;
            _send.SetBuffer(first.Array, first.Offset, first.Count);
            return;
        }

        _gathered.Clear();
        _gathered.Add(first);
        for (var i = 1; i < count; i++)
            _gathered.Add(_buffer.Segment(_segment + i));
        _send.SetBuffer(null, 0, 0);
        _send.BufferList = _gathered;
    }

    private bool Account()
    {
        if (_send.SocketError != SocketError.Success)
        {
            End(_send.SocketError);
            return false;
        }

        _offset += _send.BytesTransferred;
        while (_segment < _buffer!.SegmentCount && _offset >= _buffer.Segment(_segment).Count)
        {
            _offset -= _buffer.Segment(_segment).Count;
            _segment++;
        }

        return true;
    }

    /// <summary>Lets go of every reference, so that an idle connection keeps no message body alive.</summary>
    private void End(SocketError error)
    {
        Error = error;
        _send.BufferList = null;
        _send.SetBuffer(null, 0, 0);
        _gathered.Clear();
        _buffer!.Dispose();
        _buffer = null;
    }
}
