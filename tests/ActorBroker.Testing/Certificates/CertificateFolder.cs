using System.Security.Cryptography.X509Certificates;

namespace ActorBroker.Testing.Certificates;

/// <summary>A temporary folder with PEM files: the authority's certificate, a server's and its key, and others as wanted.</summary>
public sealed class CertificateFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorbroker-tls-");

    public CertificateFolder()
    {
        File.WriteAllText(AuthorityFile, Authority.Pem);
        using var server = Authority.Sign("localhost", "localhost");
        Write("server", server);
    }

    public TestAuthority Authority { get; } = new("ActorBroker test authority");

    public string AuthorityFile => PathOf("ca.pem");

    /// <summary>The certificate that was written under a name.</summary>
    public string CertificateFile(string name) => PathOf($"{name}.pem");

    /// <summary>Its private key.</summary>
    public string KeyFile(string name) => PathOf($"{name}.key");

    /// <summary>Writes a certificate and its key, in place of those of the same name.</summary>
    public void Write(string name, X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        File.WriteAllText(KeyFile(name), certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(CertificateFile(name), certificate.ExportCertificatePem());
    }

    /// <summary>Settings for a server that shows the certificate <c>server</c>.</summary>
    public string[] ServerSettings() =>
    [
        $"actorbroker.tls.certificate={CertificateFile("server")}",
        $"actorbroker.tls.key={KeyFile("server")}",
        $"actorbroker.tls.ca={AuthorityFile}",
    ];

    public void Dispose() => _folder.Delete(recursive: true);

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);
}
