using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Listeners;

/// <summary>A client's connection, ready to speak its protocol. Whoever is handed it owns all of it.</summary>
/// <param name="Socket">Connected.</param>
/// <param name="Tls">The TLS session over it, its handshake done; null where there is none.</param>
/// <param name="Peer">The client's address; behind a proxy that is trusted, the one that it tells.</param>
/// <param name="Local">The address that the client has connected to.</param>
/// <param name="Admission">To be told when the client has authenticated, and disposed when the connection has ended.</param>
public sealed record AcceptedClient(Socket Socket, SslStream? Tls, IPEndPoint Peer, IPEndPoint Local, AdmittedClient Admission)
{
    /// <summary>Who the client is by its certificate, which the node's authority has signed; null for none.</summary>
    public string? CertifiedUser { get; private init; }

    /// <summary>What was agreed on for TLS; null where there is none.</summary>
    public TlsDescription? TlsDescription { get; private init; }

    /// <summary>With what its TLS session says of it, and who that is where clients may come by their certificates.</summary>
    public AcceptedClient Described(LoginOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Tls is null ? this : this with
        {
            TlsDescription = TlsSession.Describe(Tls),
            CertifiedUser = Tls.RemoteCertificate is X509Certificate2 certificate && options.Mechanisms.Contains(LoginOptions.External)
                ? CertificateUser.Of(certificate, options.CertificateLogin)
                : null,
        };
    }
}
