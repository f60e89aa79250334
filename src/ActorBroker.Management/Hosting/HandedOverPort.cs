using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorBroker.Management.Hosting;

/// <summary>Gives Kestrel the connections of a port that is bound already, and the one that came before Kestrel was there.</summary>
/// <param name="port">Stays its owner's.</param>
/// <param name="first">The connection for which the server was started; this owns it.</param>
internal sealed class HandedOverPort(BoundPort port, Socket first) : IConnectionListenerFactory, IConnectionListener
{
    private readonly SocketConnectionContextFactory _connections = new(new SocketConnectionFactoryOptions(), NullLogger.Instance);
    private readonly CancellationTokenSource _unbound = new();
    private Socket? _first = first;

    /// <inheritdoc/>
    public EndPoint EndPoint => port.EndPoint;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(this);

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        var socket = Interlocked.Exchange(ref _first, null) ?? await port.AcceptAsync(_unbound.Token).ConfigureAwait(false);
        return socket is null ? null : _connections.Create(socket);
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => new(_unbound.CancelAsync());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _unbound.CancelAsync().ConfigureAwait(false);
        Interlocked.Exchange(ref _first, null)?.Dispose();
        _connections.Dispose();
        _unbound.Dispose();
    }
}
