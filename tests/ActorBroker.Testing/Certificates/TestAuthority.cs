using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorBroker.Testing.Certificates;

/// <summary>Signs certificates that live as long as a test.</summary>
public sealed class TestAuthority
{
    private readonly byte[] _certificate;

    public TestAuthority(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        Pem = certificate.ExportCertificatePem();
        _certificate = certificate.Export(X509ContentType.Pkcs12);
    }

    public string Pem { get; }

    /// <summary>A certificate with its key.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="dnsNames">Names of hosts that it is for.</param>
    public X509Certificate2 Sign(string name, params IReadOnlyList<string> dnsNames) => SignSubject(new X500DistinguishedName($"CN={name}"), dnsNames);

    /// <summary>A certificate with its key, for a whole distinguished name.</summary>
    public X509Certificate2 SignSubject(X500DistinguishedName subject, params IReadOnlyList<string> dnsNames)
    {
        ArgumentNullException.ThrowIfNull(dnsNames);
        using var authority = X509CertificateLoader.LoadPkcs12(_certificate, password: null);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: true));
        if (dnsNames.Count > 0)
        {
            var names = new SubjectAlternativeNameBuilder();
            foreach (var name in dnsNames)
            {
                names.AddDnsName(name);
            }

            request.CertificateExtensions.Add(names.Build());
        }

        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        using var signed = request.Create(
            authority, DateTimeOffset.UtcNow.AddMinutes(-30), DateTimeOffset.UtcNow.AddMinutes(30), RandomNumberGenerator.GetBytes(8));
        using var whole = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
