using System.Net.Sockets;

namespace ActorBroker.Connections.Sockets;

/// <summary>
/// The receiving half of a socket: receives without blocking, and waits for more by a receive of zero bytes, so that
/// waiting needs no buffer.
/// </summary>
internal sealed class SocketReader : IDisposable
{
    private readonly Socket _socket;
    // No execution context is captured: the callback only sends the stage a message.
    private readonly SocketAsyncEventArgs _readable = new(true);

    /// <param name="onReadable">Called on a thread of the pool when a wait that was pending has ended.</param>
    public SocketReader(Socket socket, Action onReadable)
    {
        _socket = socket;
        _readable.SetBuffer([], 0, 0);
        _readable.Completed += (_, _) => onReadable();
    }

    /// <summary>Why the last <see cref="Receive"/> returned <see cref="ReceiveOutcome.Failed"/>.</summary>
    public SocketError Error { get; private set; }

    /// <summary>
    /// Receives once into <paramref name="buffer"/>, whose array is given back if there is nothing to receive.
    /// </summary>
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

    /// <summary>Notes the end of a wait. False if it ended by an error.</summary>
    public bool EndWait()
    {
        Error = _readable.SocketError;
        return Error == SocketError.Success;
    }

    public void Dispose() => _readable.Dispose();
}

/// <summary>How a receive came out.</summary>
internal enum ReceiveOutcome
{
    /// <summary>Bytes were appended to the buffer.</summary>
    Received,

    /// <summary>There is nothing to receive; the reader's callback will tell when to try again.</summary>
    Waiting,

    /// <summary>The peer has closed its sending side and everything it sent was received.</summary>
    Ended,

    /// <summary>The connection is lost.</summary>
    Failed,
}
