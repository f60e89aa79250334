using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorBroker.Broker.Clustering;
using ActorBroker.Contracts.Options;
using ActorBroker.Testing.Certificates;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Xunit;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ActorBroker.Cluster.Tests.Security;

/// <summary>Nodes with certificates, and those who have none or another authority's.</summary>
public sealed class NodeTlsTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private readonly string _folder = Directory.CreateTempSubdirectory("actorbroker-tls-").FullName;
    private readonly TestAuthority _authority = new("cluster");
    private readonly TestAuthority _another = new("somebody else");
    private readonly List<ActorSystem> _nodes = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(static node => node.Terminate()));
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Nodes_with_certificates_of_the_authority_form_a_cluster()
    {
        var first = Start(Pem("first", password: null));
        var second = Start(Pem("second", "a password"));
        var third = Start(Pkcs12("third"));
        Assert.Equal("akka.ssl.tcp", AkkaCluster.Get(first).SelfAddress.Protocol);
        foreach (var node in new[] { first, second, third })
        {
            using var limit = new CancellationTokenSource(Limit);
            await AkkaCluster.Get(node).JoinAsync(AkkaCluster.Get(first).SelfAddress, limit.Token);
        }

        Assert.Equal(3, AkkaCluster.Get(third).State.Members.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_has_no_certificate_or_that_of_another_authority_is_refused(bool hasOne)
    {
        var node = Start(Pem("node", password: null));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, AkkaCluster.Get(node).SelfAddress.Port!.Value);
        using var stranger = _another.Sign("stranger");
        await using var stream = new SslStream(client.GetStream(), false, (_, certificate, _, _) => certificate is not null);

        Assert.True(await IsRefusedAsync(stream, () => stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "node",
            ClientCertificates = hasOne ? [stranger] : [],
        })));
    }

    [Fact]
    public async Task A_node_tells_nothing_to_a_server_of_another_authority()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var node = Start(Pem("node", password: null));
        var self = AkkaCluster.Get(node).SelfAddress;
        AkkaCluster.Get(node).JoinSeedNodes([self.WithPort(((IPEndPoint)listener.LocalEndpoint).Port)]);

        using var limit = new CancellationTokenSource(Limit);
        using var client = await listener.AcceptTcpClientAsync(limit.Token);
        using var stranger = _another.Sign("stranger");
        await using var stream = new SslStream(client.GetStream(), false, (_, certificate, _, _) => certificate is not null);
        Assert.True(await IsRefusedAsync(stream, () => stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = stranger,
            ClientCertificateRequired = true,
        })));
    }

    [Theory]
    [InlineData("certificate")]
    [InlineData("ca")]
    public void A_file_that_is_not_there_or_no_certificate_is_named_at_the_start(string key)
    {
        var good = Pem("node", password: null);
        var bad = Path.Combine(_folder, "bad.pem");
        File.WriteAllText(bad, "no certificate");
        foreach (var file in new[] { bad, Path.Combine(_folder, "nothing.pem") })
        {
            var options = key == "ca" ? good with { Authority = file } : good with { Certificate = file };
            Assert.Contains($"actorbroker.cluster.tls.{key} = ", Assert.Throws<StartupException>(() => NodeTls.SetupOf(options)).Message, StringComparison.Ordinal);
        }
    }

    // The handshake of TLS 1.3 may be over for a client before the server has looked at its certificate.
    private static async Task<bool> IsRefusedAsync(SslStream stream, Func<Task> handshake)
    {
        try
        {
            await handshake().WaitAsync(Limit);
            using var limit = new CancellationTokenSource(Limit);
            return await stream.ReadAsync(new byte[1], limit.Token) == 0;
        }
        catch (Exception failure) when (failure is IOException or AuthenticationException)
        {
            return true;
        }
    }

    private ActorSystem Start(ClusterTlsOptions options)
    {
        var config = BrokerConfiguration.With(
            BrokerConfiguration.Shipped(BrokerConfiguration.Test), "akka.remote.dot-netty.tcp.enable-ssl=on", "akka.loglevel=OFF", "akka.stdout-loglevel=OFF");
        var node = ActorSystem.Create(
            "actorbroker", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config)).And(NodeTls.SetupOf(options)!));
        _nodes.Add(node);
        return node;
    }

    private ClusterTlsOptions Pem(string name, string? password)
    {
        using var certificate = _authority.Sign(name);
        using var key = certificate.GetRSAPrivateKey()!;
        return new ClusterTlsOptions(
            Write($"{name}.pem", certificate.ExportCertificatePem()),
            Write($"{name}.key", password is null
                ? key.ExportPkcs8PrivateKeyPem()
                : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000))),
            password,
            Write("ca.pem", _authority.Pem));
    }

    private ClusterTlsOptions Pkcs12(string name)
    {
        using var certificate = _authority.Sign(name);
        var file = Path.Combine(_folder, $"{name}.pfx");
        File.WriteAllBytes(file, certificate.Export(X509ContentType.Pkcs12, "its password"));
        return new ClusterTlsOptions(file, null, "its password", Write("ca.pem", _authority.Pem));
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}
