using System.Net;
using System.Net.Sockets;
using ActorBroker.Contracts.Options;

namespace ActorBroker.Management.Hosting;

/// <summary>A port that is listened on, before and while an HTTP server serves it. Whoever disposes it ends that.</summary>
internal sealed class BoundPort : IDisposable
{
    // The kernel keeps so many while the server is still being started.
    private const int Backlog = 512;

    // Nothing can be accepted while the process has too many files open, say.
    private static readonly TimeSpan FailureDelay = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;

    private BoundPort(Socket socket)
    {
        _socket = socket;
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Binds a listener's address.</summary>
    /// <exception cref="StartupException">It cannot be bound; the message names it, and how to do without.</exception>
    public static async Task<BoundPort> BindAsync(ListenerOptions listener)
    {
        var address = await ResolveAsync(listener).ConfigureAwait(false);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, listener.Port));
            socket.Listen(Backlog);
            return new BoundPort(socket);
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            var setting = $"actorbroker.listeners.{listener.Name}";
            throw new StartupException(
                $"listener {listener.Name} cannot be bound to {listener.Host}:{listener.Port}: {failure.Message} (another port: {setting}.port; none: {setting}.enabled = off)",
                failure);
        }
    }

    /// <summary>The next client; null when the port has been given up.</summary>
    public async Task<Socket?> AcceptAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var socket = await _socket.AcceptAsync(cancellation).ConfigureAwait(false);
                socket.NoDelay = true;
                return socket;
            }
            catch (Exception failure) when (failure is ObjectDisposedException or OperationCanceledException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException)
            {
                await Task.Delay(FailureDelay, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static async Task<IPAddress> ResolveAsync(ListenerOptions listener)
    {
        if (listener.Host == "*")
        {
            return Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        }

        try
        {
            return IPAddress.TryParse(listener.Host, out var address)
                ? address
                : (await Dns.GetHostAddressesAsync(listener.Host).ConfigureAwait(false))[0];
        }
        catch (SocketException failure)
        {
            throw new StartupException($"listener {listener.Name}: host {listener.Host} cannot be resolved: {failure.Message}", failure);
        }
    }
}
