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

    [Fact]
    public void A_certificate_without_the_name_is_nobody_s()
    {
        using var certificate = Authority.SignSubject(new X500DistinguishedName("O=Example"));
        Assert.Null(CertificateUser.Of(certificate, CertificateLogin.CommonName));
        Assert.Null(CertificateUser.Of(certificate, CertificateLogin.DnsName));
    }
}
