using System.Net.Security;
using System.Net.Sockets;

namespace ActorBroker.Connections.Sockets;

/// <summary>
/// The receiving half of a TLS session: waits for decrypted bytes by a read of zero bytes, so that an idle connection holds
/// no buffer of ours.
/// </summary>
/// <param name="tls">The session; disposed with this.</param>
/// <param name="onReadable">Called on a thread of the pool when a wait that was pending has ended.</param>
internal sealed class TlsReader(SslStream tls, Action onReadable) : ISocketReader
{
    private Exception? _failure;
    private int _count;
    private IncomingBuffer? _target;
    private ReceiveOutcome? _outcome;
    private bool _isWaiting;
    private bool _isReadable;

    /// <inheritdoc/>
    public SocketError Error { get; private set; }

    /// <inheritdoc/>
    public bool IsFilling => _isWaiting && _target is not null;

    /// <inheritdoc/>
    public ReceiveOutcome Receive(IncomingBuffer buffer)
    {
        while (true)
        {
            if (_outcome is { } outcome)
            {
                _outcome = null;
                return outcome;
            }

            _target = _isReadable ? buffer : null;
            if (!_isReadable)
                buffer.Idle();
            var read = ReadAsync(_isReadable ? buffer.MakeRoom() : Memory<byte>.Empty);
            if (!read.IsCompleted)
            {
                _isWaiting = true;
                read.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(onReadable);
                return ReceiveOutcome.Waiting;
            }

            if (!EndRead())
                return ReceiveOutcome.Failed;
        }
    }

    /// <inheritdoc/>
    public bool EndWait()
    {
        _isWaiting = false;
        return EndRead();
    }

    public void Dispose() => tls.Dispose();

    // A task without a result costs nothing when it ends at once; the callback makes its fields seen by the stage.
    private async Task ReadAsync(Memory<byte> room)
    {
        try
        {
            _count = await tls.ReadAsync(room).ConfigureAwait(false);
        }
        catch (Exception failure) when (TlsFailure.IsKnown(failure))
        {
            _failure = failure;
        }
    }

    private bool EndRead()
    {
        var target = _target;
        _target = null;
        if (_failure is not null)
        {
            Error = TlsFailure.ErrorOf(_failure);
            return false;
        }

        if (target is null)
        {
            // Also at the end of the stream, which the next read tells.
            _isReadable = true;
            return true;
        }

        target.Commit(_count);
        _outcome = _count > 0 ? ReceiveOutcome.Received : ReceiveOutcome.Ended;
        _isReadable = false;
        return true;
    }
}
