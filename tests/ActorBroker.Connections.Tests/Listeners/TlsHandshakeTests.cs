using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Tls;
using ActorBroker.Testing.Certificates;
using Xunit;

namespace ActorBroker.Connections.Tests.Listeners;

public sealed class TlsHandshakeTests : TlsListenerSpec
{
    private static readonly TestAuthority Another = new("somebody else");

    [Fact]
    public async Task A_client_is_handed_over_once_its_handshake_is_done()
    {
        var listener = await ListenAsync();
        var client = await ShakeHandsAsync(listener);
        var accepted = await AcceptedAsync();

        Assert.Equal(accepted.Socket.RemoteEndPoint, accepted.Peer);
        Assert.Equal(listener, accepted.Local);
        Assert.Equal(SslProtocols.Tls13, client.SslProtocol);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_certificate_of_the_authority_lets_a_client_in(bool mustHave)
    {
        Options = Options with { Authority = Files.AuthorityFile, RequiresClientCertificate = mustHave };
        using var certificate = Files.Authority.Sign("alice");
        await ShakeHandsAsync(await ListenAsync(), With(certificate));

        Assert.Equal("CN=alice", (await AcceptedAsync()).Tls!.RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_let_in_unless_it_must_have_one()
    {
        Options = Options with { Authority = Files.AuthorityFile };
        await ShakeHandsAsync(await ListenAsync());
        Assert.Null((await AcceptedAsync()).Tls!.RemoteCertificate);

        Options = Options with { RequiresClientCertificate = true };
        var strict = await ListenAsync();
        await ExpectRefusalAsync(() => ShakeHandsAsync(strict));
    }

    [Fact]
    public async Task A_certificate_that_somebody_else_has_signed_is_refused_also_where_none_is_needed()
    {
        Options = Options with { Authority = Files.AuthorityFile };
        var listener = await ListenAsync();
        using var certificate = Another.Sign("alice");

        await ExpectRefusalAsync(() => ShakeHandsAsync(listener, With(certificate)));
    }

    [Fact]
    public async Task A_version_that_is_not_spoken_is_refused()
    {
        Options = Options with { Versions = SslProtocols.Tls13 };
        var listener = await ListenAsync();
        await ExpectRefusalAsync(() => ShakeHandsAsync(listener, new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 }));

        Assert.Equal(SslProtocols.Tls13, (await ShakeHandsAsync(listener)).SslProtocol);
    }

    [Fact]
    public async Task A_cipher_suite_is_one_of_those_configured()
    {
        Options = Options with { Versions = SslProtocols.Tls12, CipherSuites = [TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384] };
        var client = await ShakeHandsAsync(await ListenAsync());

        Assert.Equal(TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, client.NegotiatedCipherSuite);
    }

    [Fact]
    public async Task The_certificate_is_that_of_the_name_that_the_client_asks_for()
    {
        using var named = Files.Authority.Sign("mq.example", "mq.example");
        Files.Write("named", named);
        Options = Options with
        {
            ServerNames = new Dictionary<string, CertificateFiles> { ["mq.example"] = new(Files.CertificateFile("named"), Files.KeyFile("named"), null) },
        };
        var listener = await ListenAsync();

        Assert.Equal("CN=mq.example", (await ShakeHandsAsync(listener, new SslClientAuthenticationOptions { TargetHost = "mq.example" })).RemoteCertificate!.Subject);
        Assert.Equal("CN=localhost", (await ShakeHandsAsync(listener)).RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task A_star_stands_for_the_first_part_of_a_name_and_for_no_more()
    {
        using var named = Files.Authority.Sign("any", "mq.example");
        Files.Write("any", named);
        Options = Options with
        {
            ServerNames = new Dictionary<string, CertificateFiles>(StringComparer.OrdinalIgnoreCase)
            {
                ["*.example"] = new(Files.CertificateFile("any"), Files.KeyFile("any"), null),
            },
        };
        var listener = await ListenAsync();

        Assert.Equal("CN=any", (await ShakeHandsAsync(listener, new SslClientAuthenticationOptions { TargetHost = "MQ.example" })).RemoteCertificate!.Subject);
        Assert.Equal("CN=localhost", (await ShakeHandsAsync(listener)).RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_disconnected_when_its_time_is_over()
    {
        Options = Options with { HandshakeTimeout = TimeSpan.FromMilliseconds(100) };
        var silent = await ConnectAsync(await ListenAsync());

        Assert.Equal(0, await silent.ReadAsync(new byte[1]).AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_trusted_proxy_tells_whose_connection_it_is_in_front_of_the_handshake()
    {
        Clients = Clients with { Proxies = [IPNetwork.Parse("127.0.0.0/8")], PerAddressMax = 1 };
        var listener = await ListenAsync();
        await ShakeHandsAsync(listener, header: "PROXY TCP4 192.0.2.1 198.51.100.2 56324 5671\r\n");
        var accepted = await AcceptedAsync();
        Assert.Equal(("192.0.2.1:56324", "198.51.100.2:5671"), (accepted.Peer.ToString(), accepted.Local.ToString()));

        // Limits are those of the client, not of the proxy.
        await ExpectRefusalAsync(() => ShakeHandsAsync(listener, header: "PROXY TCP4 192.0.2.1 198.51.100.2 56325 5671\r\n"));
        await ShakeHandsAsync(listener, header: "PROXY TCP4 192.0.2.3 198.51.100.2 56325 5671\r\n");
        await AcceptedAsync();
        await ExpectRefusalAsync(() => ShakeHandsAsync(listener));
    }

    [Fact]
    public async Task Others_may_not_speak_for_anybody()
    {
        Clients = Clients with { Proxies = [IPNetwork.Parse("192.0.2.0/24")] };
        var listener = await ListenAsync();
        await ExpectRefusalAsync(() => ShakeHandsAsync(listener, header: "PROXY TCP4 192.0.2.1 198.51.100.2 56324 5671\r\n"));
    }

    [Fact]
    public async Task Half_open_handshakes_make_room_for_those_who_mean_well()
    {
        Clients = Clients with { UnknownMax = 5 };
        var listener = await ListenAsync();
        var silent = new List<NetworkStream>();
        var known = new List<ActorBroker.Connections.Listeners.AcceptedClient>();
        for (var i = 0; i < 50; i++)
        {
            silent.Add(await ConnectAsync(listener));
            // Not the first one: bytes that nobody has read would reset its connection instead of ending it.
            if (i % 2 == 1)
                await silent[i].WriteAsync(new byte[] { 0x16, 3, 1, 2, 0, 1 });
            if (i % 10 == 0)
            {
                // A client is done before the broker is, which the next strangers are not to forestall.
                await ShakeHandsAsync(listener);
                known.Add(await AcceptedAsync());
            }
        }

        Assert.Equal(0, await silent[0].ReadAsync(new byte[1]).AsTask().WaitAsync(Patience));
        Assert.Equal(5, known.Count);
        known.ForEach(static client => client.Admission.MakeKnown());
    }

    [Fact]
    public void Files_that_cannot_be_used_are_named_at_the_start()
    {
        File.WriteAllText(Files.KeyFile("server"), "no key");
        var failure = Assert.Throws<StartupException>(() => new ServerCertificates(Options, TimeProvider.System, Troubles.Add));

        Assert.StartsWith($"actorbroker.tls.certificate = {Files.CertificateFile("server")}: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_and_certificate_may_be_in_one_file_of_either_kind()
    {
        using var certificate = Files.Authority.Sign("one");
        var pem = Path.ChangeExtension(Files.CertificateFile("one"), ".both");
        File.WriteAllText(pem, certificate.ExportCertificatePem() + "\n" + certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var pkcs12 = Path.ChangeExtension(pem, ".pfx");
        File.WriteAllBytes(pkcs12, certificate.Export(X509ContentType.Pkcs12, "secret"));

        Assert.True(CertificateLoader.Load(new CertificateFiles(pem, null, null), "tls").HasPrivateKey);
        Assert.True(CertificateLoader.Load(new CertificateFiles(pkcs12, null, "secret"), "tls").HasPrivateKey);
    }

    private static SslClientAuthenticationOptions With(X509Certificate2 certificate) => new() { ClientCertificates = [certificate] };
}
