using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Listeners;

/// <summary>Tells of TLS sessions as RabbitMQ does.</summary>
public static class TlsSession
{
    private const string With = "_with_";

    private static readonly string[] AuthenticatingModes = ["_gcm", "_ccm", "_poly1305"];

    /// <summary>A session whose handshake is done.</summary>
    public static TlsDescription Describe(SslStream session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var (keyExchange, cipher, hash) = Parts(session.NegotiatedCipherSuite);
        var description = new TlsDescription(session.SslProtocol == SslProtocols.Tls13 ? "tlsv1.3" : "tlsv1.2", keyExchange, cipher, hash);
        return session.RemoteCertificate is X509Certificate2 certificate
            ? description with
            {
                PeerSubject = CertificateUser.DistinguishedName(certificate.SubjectName),
                PeerIssuer = CertificateUser.DistinguishedName(certificate.IssuerName),
                PeerValidity = $"{Instant(certificate.NotBefore)} - {Instant(certificate.NotAfter)}",
            }
            : description;
    }

    /// <summary>The parts of a cipher suite's name.</summary>
    public static (string KeyExchange, string Cipher, string Hash) Parts(TlsCipherSuite suite)
    {
        var name = suite.ToString().ToLowerInvariant()["tls_".Length..];
        var with = name.IndexOf(With, StringComparison.Ordinal);
        var keyExchange = with < 0 ? "any" : name[..with];
        var rest = with < 0 ? name : name[(with + With.Length)..];
        var last = rest[(rest.LastIndexOf('_') + 1)..];
        if (!last.StartsWith("sha", StringComparison.Ordinal))
        {
            return (keyExchange, rest, "aead");
        }

        var cipher = rest[..^(last.Length + 1)];
        return (keyExchange, cipher, AuthenticatingModes.Any(mode => cipher.Contains(mode, StringComparison.Ordinal)) ? "aead" : last);
    }

    private static string Instant(DateTime local) => local.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
