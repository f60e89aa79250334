using ActorBroker.Connections.Tests.Sessions;
using ActorBroker.Contracts.Tls;
using Xunit;

namespace ActorBroker.Connections.Tests.Listeners;

public sealed class CertificateRenewalTests : TlsListenerSpec
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_certificate_that_was_replaced_is_shown_from_the_next_check_on()
    {
        var listener = await ListenAsync(_clock);
        Assert.Equal("CN=localhost", (await ShakeHandsAsync(listener)).RemoteCertificate!.Subject);

        Replace("renewed");
        Assert.Equal("CN=localhost", (await ShakeHandsAsync(listener)).RemoteCertificate!.Subject);
        _clock.Advance(ServerCertificates.CheckInterval);
        Assert.Equal("CN=renewed", (await ShakeHandsAsync(listener)).RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task Files_that_became_useless_leave_the_old_certificate_in_force_until_they_are_whole_again()
    {
        var listener = await ListenAsync(_clock);
        var whole = File.ReadAllText(Files.CertificateFile("server"));
        File.WriteAllText(Files.CertificateFile("server"), whole[..(whole.Length / 2)]);
        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(ServerCertificates.CheckInterval);
            Assert.Equal("CN=localhost", (await ShakeHandsAsync(listener)).RemoteCertificate!.Subject);
        }

        Assert.Contains(Files.CertificateFile("server"), Assert.Single(Troubles), StringComparison.Ordinal);
        Replace("renewed");
        _clock.Advance(ServerCertificates.CheckInterval);
        Assert.Equal("CN=renewed", (await ShakeHandsAsync(listener)).RemoteCertificate!.Subject);
    }

    private void Replace(string name)
    {
        using var certificate = Files.Authority.Sign(name, "localhost");
        Files.Write("server", certificate);
    }
}
