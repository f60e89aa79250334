using System.Net.Security;
using System.Security.Authentication;

namespace ActorBroker.Contracts.Options;

/// <summary>TLS towards clients, of every listener whose name says so.</summary>
/// <param name="Certificate">What clients are shown who ask for no name of <paramref name="ServerNames"/>; null for none.</param>
/// <param name="ServerNames">What clients are shown who ask for a server by one of these names (SNI), compared without regard to case.</param>
/// <param name="Authority">PEM file of the certificates that sign those of clients; null where none is asked for.</param>
/// <param name="RequiresClientCertificate">A client without a certificate is refused; one with a bad one always is.</param>
/// <param name="Versions">Versions of TLS that are spoken.</param>
/// <param name="CipherSuites">Those that are spoken, in the order of preference; empty for the platform's own.</param>
/// <param name="HandshakeTimeout">From accept to the end of the TLS handshake.</param>
public sealed record TlsOptions(
    CertificateFiles? Certificate,
    IReadOnlyDictionary<string, CertificateFiles> ServerNames,
    string? Authority,
    bool RequiresClientCertificate,
    SslProtocols Versions,
    IReadOnlyList<TlsCipherSuite> CipherSuites,
    TimeSpan HandshakeTimeout)
{
    private const string Section = "actorbroker.tls";

    /// <exception cref="StartupException">A value cannot be used; the message names its key.</exception>
    public static TlsOptions Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var authority = settings.TextIfAny($"{Section}.ca");
        var verifies = settings.OneOf($"{Section}.verify", ("none", false), ("peer", true));
        if (verifies && authority is null)
        {
            throw SettingReader.Expected($"{Section}.ca", "\"\"", $"the name of a PEM file, as {Section}.verify is peer");
        }

        return new TlsOptions(
            CertificateFiles.Read(settings, Section),
            ReadNames(settings),
            verifies ? authority : null,
            settings.Switch($"{Section}.fail-if-no-peer-cert") && verifies,
            ReadVersions(settings.Texts($"{Section}.versions")),
            [.. settings.Texts($"{Section}.ciphers").Select(ReadCipherSuite)],
            settings.Duration($"{Section}.handshake-timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)));
    }

    private static Dictionary<string, CertificateFiles> ReadNames(SettingReader settings)
    {
        var names = new Dictionary<string, CertificateFiles>(StringComparer.OrdinalIgnoreCase);
        foreach (var section in settings.Sections($"{Section}.server-names"))
        {
            var name = section.GetString("name");
            var certificate = section.GetString("certificate");
            if (string.IsNullOrEmpty(name) || string.IsNullOrEmpty(certificate))
            {
                throw SettingReader.Expected(
                    $"{Section}.server-names", section.ToString(), "entries such as { name = \"mq.example\", certificate = \"mq.pem\", key = \"mq.key\" }");
            }

            names[name] = new CertificateFiles(certificate, OrNull(section.GetString("key")), OrNull(section.GetString("password")));
        }

        return names;
    }

    private static string? OrNull(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static SslProtocols ReadVersions(IReadOnlyList<string> words)
    {
        var versions = SslProtocols.None;
        foreach (var word in words)
        {
            versions |= word switch
            {
                "tlsv1.2" => SslProtocols.Tls12,
                "tlsv1.3" => SslProtocols.Tls13,
                _ => throw SettingReader.Expected($"{Section}.versions", word, "tlsv1.2 or tlsv1.3: older ones are broken"),
            };
        }

        return versions == SslProtocols.None ? throw SettingReader.Expected($"{Section}.versions", "[]", "tlsv1.2, tlsv1.3 or both") : versions;
    }

    private static TlsCipherSuite ReadCipherSuite(string name) =>
        Enum.TryParse<TlsCipherSuite>(name, out var suite) && Enum.IsDefined(suite) && !int.TryParse(name, out _)
            ? suite
            : throw SettingReader.Expected($"{Section}.ciphers", name, "names as IANA has them, such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
}
