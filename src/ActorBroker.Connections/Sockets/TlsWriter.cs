using System.Net.Security;
using System.Net.Sockets;

namespace ActorBroker.Connections.Sockets;

/// <summary>The sending half of a TLS session: encrypts one <see cref="OutgoingBuffer"/> at a time, piece by piece.</summary>
/// <param name="socket">Below the session.</param>
/// <param name="tls">The session, which its reader disposes.</param>
/// <param name="onCompleted">Called on a thread of the pool when a send that was pending has ended.</param>
internal sealed class TlsWriter(Socket socket, SslStream tls, Action onCompleted) : ISocketWriter
{
    private Exception? _failure;
    private OutgoingBuffer? _buffer;
    private int _segment;

    /// <inheritdoc/>
    public bool IsPending { get; private set; }

    /// <inheritdoc/>
    public SocketError Error { get; private set; }

    /// <inheritdoc/>
    public bool Send(OutgoingBuffer buffer)
    {
        _buffer = buffer;
        _segment = 0;
        return SendRest();
    }

    /// <inheritdoc/>
    public bool Continue()
    {
        IsPending = false;
        return !EndWrite() || SendRest();
    }

    /// <inheritdoc/>
    public void EndStream() => _ = EndStreamAsync();

    public void Dispose()
    {
    }

    private bool SendRest()
    {
        while (_segment < _buffer!.SegmentCount)
        {
            var write = WriteAsync(_buffer.Segment(_segment));
            if (!write.IsCompleted)
            {
                IsPending = true;
                write.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(onCompleted);
                return false;
            }

            if (!EndWrite())
                return true;
        }

        End(SocketError.Success);
        return true;
    }

    // As in TlsReader: a task without a result costs nothing when it ends at once.
    private async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await tls.WriteAsync(bytes).ConfigureAwait(false);
        }
        catch (Exception failure) when (TlsFailure.IsKnown(failure))
        {
            _failure = failure;
        }
    }

    private bool EndWrite()
    {
        if (_failure is not null)
        {
            End(TlsFailure.ErrorOf(_failure));
            return false;
        }

        _segment++;
        return true;
    }

    private void End(SocketError error)
    {
        Error = error;
        _buffer!.Dispose();
        _buffer = null;
    }

    private async Task EndStreamAsync()
    {
        try
        {
            await tls.ShutdownAsync().ConfigureAwait(false);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception failure) when (TlsFailure.IsKnown(failure))
        {
            // The reader notices, or the time ends that the peer has to close its side.
        }
    }
}
