using System.Net.Sockets;

namespace ActorBroker.Connections.Sockets;

/// <summary>
/// The receiving half of a socket: receives without blocking, and waits for more by a receive of zero bytes, so that
/// waiting needs no buffer.
/// </summary>
internal sealed class SocketReader : ISocketReader
{
    private readonly Socket _socket;
    // No execution context is captured: the callback only sends the stage a message.
    private readonly SocketAsyncEventArgs _readable = new(true);

    /// <param name="onReadable">Called on a thread of the pool when a wait that was pending has ended.</param>
    public SocketReader(Socket socket, Action onReadable)
    {
        _socket = socket;
        _socket.Blocking = false;
        _readable.SetBuffer([], 0, 0);
        _readable.Completed += (_, _) => onReadable();
    }

    /// <inheritdoc/>
    public SocketError Error { get; private set; }

    /// <inheritdoc/>
    public bool IsFilling => false;

    /// <inheritdoc/>
    public ReceiveOutcome Receive(IncomingBuffer buffer)
    {
        // The socket is asked first even if the last receive seemed to empty it: under load more has come meanwhile,
        // and starting a wait that ends at once would be a second system call.
        while (true)
        {
            var room = buffer.MakeRoom();
            var received = _socket.Receive(room.Span, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                buffer.Commit(received);
                return received > 0 ? ReceiveOutcome.Received : ReceiveOutcome.Ended;
            }

            if (error != SocketError.WouldBlock)
            {
                Error = error;
                return ReceiveOutcome.Failed;
            }

            buffer.Idle();
            if (_socket.ReceiveAsync(_readable))
                return ReceiveOutcome.Waiting;
            if (!EndWait())
                return ReceiveOutcome.Failed;
        }
    }

    /// <inheritdoc/>
    public bool EndWait()
    {
        Error = _readable.SocketError;
        return Error == SocketError.Success;
    }

    public void Dispose() => _readable.Dispose();
}
