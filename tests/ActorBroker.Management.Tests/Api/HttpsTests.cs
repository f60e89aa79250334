using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Tls;
using ActorBroker.Management.Tests.Health;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

public sealed class HttpsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorbroker-https-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_API_is_served_within_TLS_under_the_nodes_certificate_and_its_next_one()
    {
        var clock = new SettableClock();
        var first = WriteCertificate();
        var files = new CertificateFiles(Path.Combine(_folder.FullName, "c.pem"), Path.Combine(_folder.FullName, "k.pem"), null);
        var options = new TlsOptions(
            files, new Dictionary<string, CertificateFiles>(), null, RequiresClientCertificate: false, SslProtocols.Tls12 | SslProtocols.Tls13, [], TimeSpan.FromSeconds(30));
        var certificates = new ServerCertificates(options, clock, static _ => { });
        await using var server = await ManagementServer.StartAsync(
            new ListenerOptions(ListenerOptions.Https, Enabled: true, "127.0.0.1", 0), ManagementOptions.Default, new SettableHealth(), new ManagedNode(), certificates);

        Assert.Equal(first, await ShownAsync(server));
        var second = WriteCertificate();
        clock.Advance(ServerCertificates.CheckInterval * 2);
        Assert.Equal(second, await ShownAsync(server));
    }

    private static async Task<string> ShownAsync(ManagementServer server)
    {
        var shown = string.Empty;
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
            {
                shown = certificate!.Thumbprint;
                return true;
            },
        };
        using var client = new HttpClient(handler);
        using var live = await client.GetAsync(new Uri($"https://{server.EndPoint}/health/live"));
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        using var api = await client.GetAsync(new Uri($"https://{server.EndPoint}/api/whoami"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, api.StatusCode);
        return shown;
    }

    private string WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(_folder.FullName, "k.pem"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(_folder.FullName, "c.pem"), certificate.ExportCertificatePem());
        return certificate.Thumbprint;
    }

    private sealed class SettableClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _now);

        public void Advance(TimeSpan time) => Interlocked.Add(ref _now, time.Ticks);
    }
}
