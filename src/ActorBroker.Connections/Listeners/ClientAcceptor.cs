using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Tls;
using Akka.Event;

namespace ActorBroker.Connections.Listeners;

/// <summary>
/// What lies between a socket that a listener has accepted and a client that speaks its protocol: limits, the header of a
/// proxy, the TLS handshake, within their time. Until then the client costs no actor. A plain client that comes by itself passes at once.
/// </summary>
/// <param name="name">The listener's name, for the log.</param>
/// <param name="certificates">For TLS; null for a plain listener.</param>
/// <param name="options">How many clients there may be, and which proxies are trusted.</param>
/// <param name="admission">Counts the clients of all listeners of the node.</param>
/// <param name="onClient">Takes over a client; called on any thread.</param>
/// <param name="log">Told why a client was not let in.</param>
public sealed class ClientAcceptor(
    string name, ServerCertificates? certificates, ClientOptions options, ClientAdmission admission, Action<AcceptedClient> onClient, ILoggingAdapter log)
{
    /// <summary>Takes over a socket.</summary>
    public void Accept(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        if (EndPointsOf(socket) is not var (peer, local))
        {
            socket.Dispose();
            return;
        }

        var client = new AcceptedClient(socket, Tls: null, peer, local, admission.Admit(() => Disconnect(socket)));
        var isProxied = options.IsProxy(peer.Address);
        if (!isProxied && !client.Admission.TryCount(peer.Address))
        {
            Refuse(client);
        }
        else if (isProxied || certificates is not null)
        {
            _ = PrepareAsync(client, isProxied);
        }
        else
        {
            HandOver(client);
        }
    }

    private void HandOver(AcceptedClient client)
    {
        try
        {
            onClient(client);
        }
        catch
        {
            // The socket is the listener's again.
            client.Admission.Dispose();
            throw;
        }
    }

    private async Task PrepareAsync(AcceptedClient client, bool isProxied)
    {
        using var limit = new CancellationTokenSource(certificates?.HandshakeTimeout ?? options.ProxyTimeout);
        SslStream? tls = null;
        try
        {
            if (isProxied)
            {
                client = Told(client, await ProxyHeaderReader.ReadAsync(client.Socket, limit.Token).ConfigureAwait(false));
                if (!client.Admission.TryCount(client.Peer.Address))
                {
                    Refuse(client);
                    return;
                }
            }

            if (certificates is not null)
            {
                // A client that says nothing costs no more than its socket.
                await client.Socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, limit.Token).ConfigureAwait(false);
                tls = new SslStream(new NetworkStream(client.Socket, ownsSocket: false));
                await tls.AuthenticateAsServerAsync(
                    (_, hello, _, _) => ValueTask.FromResult(certificates.For(hello.ServerName)), state: null, limit.Token).ConfigureAwait(false);
            }

            onClient(client with { Tls = tls });
        }
        catch (Exception failure)
        {
            client.Admission.Dispose();
            client.Socket.Dispose();
            if (tls is not null)
            {
                await tls.DisposeAsync().ConfigureAwait(false);
            }

            Tell(client, failure);
        }
    }

    private void Refuse(AcceptedClient client)
    {
        client.Admission.Dispose();
        client.Socket.Dispose();
        log.Warning("Client {0} of listener {1} is refused: its address has {2} connections", client.Peer, name, options.PerAddressMax);
    }

    private void Tell(AcceptedClient client, Exception failure)
    {
        switch (failure)
        {
            case OperationCanceledException:
                log.Info("Client {0} of listener {1} is disconnected: it was not ready within its time", client.Peer, name);
                break;
            // Not supported: a ClientHello that SslStream cannot read, so that it asks nobody for a certificate.
            case AuthenticationException or IOException or SocketException or NotSupportedException or ObjectDisposedException or ProxyHeaderException:
                log.Info("Client {0} of listener {1} is disconnected: {2}", client.Peer, name, (failure.InnerException ?? failure).Message);
                break;
            default:
                log.Error(failure, "Client {0} of listener {1} could not be served", client.Peer, name);
                break;
        }
    }

    // As if the client had gone: whoever has the connection ends it in good order.
    private static void Disconnect(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // It has gone indeed.
        }
    }

    private static AcceptedClient Told(AcceptedClient client, ProxyHeader header) => header is { Source: { } source, Destination: { } destination }
        ? client with { Peer = Plain(source), Local = Plain(destination) }
        : client;

    private static (IPEndPoint Peer, IPEndPoint Local)? EndPointsOf(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint is IPEndPoint peer && socket.LocalEndPoint is IPEndPoint local ? (Plain(peer), Plain(local)) : null;
        }
        catch (SocketException)
        {
            // It was reset before it was looked at.
            return null;
        }
    }

    private static IPEndPoint Plain(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
}
