using System.Security.Cryptography.X509Certificates;
using ActorBroker.Testing.Certificates;
using ActorBroker.TestKit;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote.Transport.DotNetty;
using Xunit;

namespace ActorBroker.Client.Tests;

/// <summary>A port for clients of Akka.Remote with TLS: who has a certificate of the cluster's authority is served there.</summary>
public sealed class GateTlsTests : IAsyncLifetime, IDisposable
{
    private const string Settings =
        """
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, enable-ssl = on }
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        """;

    private readonly CertificateFolder _certificates = new();
    private readonly List<ActorSystem> _applications = [];
    private TestBroker? _broker;

    public async Task InitializeAsync()
    {
        using var node = _certificates.Authority.Sign("node");
        _certificates.Write("node", node);
        _broker = await TestBroker.StartAsync(new TestBrokerSettings
        {
            Settings =
            [
                "actorbroker.akka-clients.gate.enabled=on", "actorbroker.akka-clients.gate.port=0", "actorbroker.cluster.tls.enabled=on",
                $"actorbroker.cluster.tls.certificate={_certificates.CertificateFile("node")}",
                $"actorbroker.cluster.tls.key={_certificates.KeyFile("node")}",
                $"actorbroker.cluster.tls.ca={_certificates.AuthorityFile}",
            ],
        });
    }

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_applications.Select(static application => application.Terminate()));
        await _broker!.DisposeAsync();
    }

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task A_client_with_a_certificate_of_the_authority_works()
    {
        using var certificate = _certificates.Authority.Sign("application");
        var client = BrokerClient.Start(Application(certificate), GateSettings);
        await client.ConnectedAsync();
        await client.DeclareQueueAsync("orders");
        var large = new byte[300_000];
        large[^1] = 7;
        Assert.True((await client.PublishAsync(OutgoingMessage.ToQueue("orders", large, MessageProperties.Durable))).IsConfirmed);
        Assert.Equal(large, (await client.GetAsync("orders", noAck: true))!.Body.ToArray());
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_client_with_a_certificate_of_another_authority_is_not_let_in()
    {
        using var certificate = new TestAuthority("somebody else").Sign("application");
        await NotLetInAsync(Application(certificate), GateSettings);
    }

    [Fact]
    public async Task A_client_that_speaks_in_the_clear_is_not_let_in()
    {
        var application = ClientSystem.Start();
        _applications.Add(application);
        await NotLetInAsync(application, _broker!.ClientSettings);
    }

    private BrokerClientSettings GateSettings =>
        _broker!.ClientSettings with { Contacts = [$"akka.ssl.tcp://actorbroker@{_broker.ClientSettings.Contacts.Single()}"] };

    private static async Task NotLetInAsync(ActorSystem application, BrokerClientSettings settings)
    {
        var client = BrokerClient.Start(application, settings with { RequestTimeout = TimeSpan.FromSeconds(3) });
        await Assert.ThrowsAsync<TimeoutException>(() => client.ConnectedAsync());
        await client.DisposeAsync();
    }

    // As an application would: it trusts the cluster's authority and no other, and shows what that has signed for it.
    private ActorSystem Application(X509Certificate2 certificate)
    {
        var tls = new DotNettySslSetup(
            certificate, suppressValidation: false, requireMutualAuthentication: true,
            (peer, _, _, _, _) => peer is not null && IsSignedByTheAuthority(peer));
        var application = ActorSystem.Create(
            "application", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(Settings))).And(tls));
        _applications.Add(application);
        return application;
    }

    private bool IsSignedByTheAuthority(X509Certificate2 peer)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(_certificates.Authority.Pem));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(peer);
    }
}
