using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using ActorBroker.Interop.Tests.Hosting;
using ActorBroker.Testing.Certificates;
using Xunit;

namespace ActorBroker.Interop.Tests.Tls;

/// <summary>The HTTP server within TLS, with the certificates of the other listeners and the same users.</summary>
public sealed class HttpsTests
{
    [Fact]
    public async Task It_is_served_within_TLS_beside_plain_HTTP_and_takes_tokens()
    {
        using var maker = new TokenMaker("key-1");
        using var keys = new CertificateFolder();
        File.WriteAllText(keys.KeyFile("key-1"), maker.PublicKeyPem);
        await using var broker = await TlsBroker.StartAsync(
            "actorbroker.listeners.https.enabled=on", "actorbroker.listeners.https.host=127.0.0.1", "actorbroker.listeners.https.port=0",
            "actorbroker.listeners.http.enabled=on", "actorbroker.listeners.http.host=127.0.0.1", "actorbroker.listeners.http.port=0",
            "actorbroker.login.backends=[oauth, internal]", "actorbroker.login.oauth.resource-server-id=mq",
            $"actorbroker.login.oauth.signing-keys=[{{ id = \"key-1\", file = \"{keys.KeyFile("key-1")}\" }}]");
        using var client = Client(broker);
        var secure = $"https://localhost:{broker.Process.EndpointOf("https").Port}";
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri($"{secure}/health/live"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri($"http://{broker.Process.EndpointOf("http")}/health/live"))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri($"{secure}/api/whoami"))).StatusCode);

        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", maker.Sign(DateTimeOffset.UtcNow.AddHours(1), "mq.tag:management"));
        Assert.Contains("\"alice\"", await client.GetStringAsync(new Uri($"{secure}/api/whoami")), StringComparison.Ordinal);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", maker.Sign(DateTimeOffset.UtcNow.AddHours(1), "mq.read:*/*"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri($"{secure}/api/whoami"))).StatusCode);

        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("guest:guest"u8));
        await using var connection = await broker.Factory().CreateConnectionAsync();

        // The client goes on before the broker has let it in; a channel is behind that.
        await using var channel = await connection.CreateChannelAsync();
        var told = JsonNode.Parse(await client.GetStringAsync(new Uri($"{secure}/api/connections")))![0]!;
        Assert.Equal((true, "tlsv1.3"), ((bool)told["ssl"]!, (string?)told["ssl_protocol"]));
        Assert.All((string[])["ssl_cipher", "ssl_hash", "ssl_key_exchange"], field => Assert.NotEmpty((string)told[field]!));
        Assert.Null(told["peer_cert_subject"]);
    }

    private static HttpClient Client(TlsBroker broker)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(broker.Certificates.AuthorityFile);
        return new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } })
        {
            Timeout = BrokerFixture.Limit,
        };
    }
}
