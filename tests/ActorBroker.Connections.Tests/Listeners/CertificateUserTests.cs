using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ActorBroker.Connections.Listeners;
using ActorBroker.Contracts.Options;
using ActorBroker.Testing.Certificates;
using Xunit;

namespace ActorBroker.Connections.Tests.Listeners;

public class CertificateUserTests
{
    private static readonly TestAuthority Authority = new("authority");

    [Theory]
    [InlineData("CN=alice,O=Example,C=DE", "CN=alice,O=Example,C=DE")]
    [InlineData("CN=\"a, b\",OU=x", "CN=a\\, b,OU=x")]
    [InlineData("CN=\"#1\",DC=example,DC=org", "CN=\\#1,DC=example,DC=org")]
    [InlineData("E=a@example.org,CN=ä", "EMAILADDRESS=a@example.org,CN=ä")]
    public void A_distinguished_name_is_written_as_RabbitMQ_does(string subject, string expected)
    {
        using var certificate = Authority.SignSubject(new X500DistinguishedName(subject, X500DistinguishedNameFlags.Reversed));
        Assert.Equal(expected, CertificateUser.Of(certificate, CertificateLogin.DistinguishedName));
    }

    [Fact]
    public void Common_and_alternative_names_are_found()
    {
        using var certificate = Authority.SignSubject(new X500DistinguishedName("O=Example,CN=alice"), "one.example", "two.example");
        Assert.Equal("alice", CertificateUser.Of(certificate, CertificateLogin.CommonName));
        Assert.Equal("one.example", CertificateUser.Of(certificate, CertificateLogin.DnsName));
        Assert.Null(CertificateUser.Of(certificate, CertificateLogin.Email));
        Assert.Null(CertificateUser.Of(certificate, CertificateLogin.Uri));
    }

    [Theory]
    [InlineData(TlsCipherSuite.TLS_AES_256_GCM_SHA384, "any", "aes_256_gcm", "aead")]
    [InlineData(TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256, "any", "chacha20_poly1305", "aead")]
    [InlineData(TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ecdhe_rsa", "aes_128_gcm", "aead")]
    [InlineData(TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, "ecdhe_rsa", "aes_128_cbc", "sha256")]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM, "ecdhe_ecdsa", "aes_128_ccm", "aead")]
    public void A_cipher_suite_is_told_by_its_parts(TlsCipherSuite suite, string keyExchange, string cipher, string hash) =>
        Assert.Equal((keyExchange, cipher, hash), TlsSession.Parts(suite));

    [Fact]
    public void A_certificate_without_the_name_is_nobody_s()
    {
        using var certificate = Authority.SignSubject(new X500DistinguishedName("O=Example"));
        Assert.Null(CertificateUser.Of(certificate, CertificateLogin.CommonName));
        Assert.Null(CertificateUser.Of(certificate, CertificateLogin.DnsName));
    }
}
