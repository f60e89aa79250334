using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using ActorBroker.Contracts.Tls;
using Akka.Event;

namespace ActorBroker.Connections.Listeners;

/// <summary>
/// What lies between a socket that a listener has accepted and a client that speaks its protocol: the TLS handshake, within
/// its time. Until it is done the client costs no actor. A plain client passes at once.
/// </summary>
/// <param name="name">The listener's name, for the log.</param>
/// <param name="certificates">For TLS; null for a plain listener.</param>
/// <param name="onClient">Takes over a client; called on any thread.</param>
/// <param name="clock">Measures the time of handshakes.</param>
/// <param name="log">Told why a client was not let in.</param>
public sealed class ClientAcceptor(
    string name, ServerCertificates? certificates, Action<AcceptedClient> onClient, TimeProvider clock, ILoggingAdapter log)
{
    /// <summary>Takes over a socket, for one call after the other.</summary>
    public void Accept(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        if (socket.RemoteEndPoint is not IPEndPoint peer || socket.LocalEndPoint is not IPEndPoint local)
        {
            socket.Dispose();
            return;
        }

        var client = new AcceptedClient(socket, Tls: null, Plain(peer), Plain(local));
        if (certificates is null)
        {
            onClient(client);
        }
        else
        {
            _ = ShakeHandsAsync(client, certificates);
        }
    }

    private async Task ShakeHandsAsync(AcceptedClient client, ServerCertificates certificates)
    {
        using var limit = new CancellationTokenSource(certificates.HandshakeTimeout, clock);
        var tls = new SslStream(new NetworkStream(client.Socket, ownsSocket: false));
        try
        {
            await tls.AuthenticateAsServerAsync(
                (_, hello, _, _) => ValueTask.FromResult(certificates.For(hello.ServerName)), state: null, limit.Token).ConfigureAwait(false);
            onClient(client with { Tls = tls });
        }
        catch (Exception failure)
        {
            client.Socket.Dispose();
            await tls.DisposeAsync().ConfigureAwait(false);
            Tell(client, failure);
        }
    }

    private void Tell(AcceptedClient client, Exception failure)
    {
        switch (failure)
        {
            case OperationCanceledException:
                log.Info("Client {0} of listener {1} is disconnected: no TLS handshake within its time", client.Peer, name);
                break;
            case AuthenticationException or IOException or SocketException or ObjectDisposedException:
                log.Info("Client {0} of listener {1} is disconnected: TLS handshake failed: {2}", client.Peer, name, (failure.InnerException ?? failure).Message);
                break;
            default:
                log.Error(failure, "Client {0} of listener {1} could not be served", client.Peer, name);
                break;
        }
    }

    private static IPEndPoint Plain(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
}
