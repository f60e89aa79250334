using System.Security.Cryptography.X509Certificates;
using ActorBroker.Interop.Tests.Hosting;
using ActorBroker.Testing.Certificates;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Tls;

/// <summary>A broker with a listener for TLS beside the plain one.</summary>
public sealed class TlsBroker : IAsyncDisposable
{
    private TlsBroker(CertificateFolder certificates, BrokerProcess process)
    {
        Certificates = certificates;
        Process = process;
    }

    public CertificateFolder Certificates { get; }

    public BrokerProcess Process { get; }

    public BrokerEndpoint Secure => Process.EndpointOf("amqps");

    /// <summary>What the scripts of other languages go by.</summary>
    public Dictionary<string, string> Environment => new() { ["TLS_CA"] = Certificates.AuthorityFile };

    public static async Task<TlsBroker> StartAsync(params string[] settings)
    {
        var certificates = new CertificateFolder();
        try
        {
            return new TlsBroker(certificates, await BrokerProcess.StartAsync(
            [
                "actorbroker.listeners.amqps.enabled=on", "actorbroker.listeners.amqps.host=127.0.0.1", "actorbroker.listeners.amqps.port=0",
                .. certificates.ServerSettings(), .. settings,
            ]));
        }
        catch
        {
            certificates.Dispose();
            throw;
        }
    }

    /// <summary>For a client that trusts the authority alone, and asks for <c>localhost</c>.</summary>
    public ConnectionFactory Factory() => new()
    {
        HostName = Secure.Host,
        Port = Secure.Port,
        AutomaticRecoveryEnabled = false,
        ContinuationTimeout = BrokerFixture.Limit,
        RequestedConnectionTimeout = BrokerFixture.Limit,
        Ssl = new SslOption("localhost") { Enabled = true, CertificateValidationCallback = (_, certificate, _, _) => IsTrusted(certificate!) },
    };

    private bool IsTrusted(X509Certificate certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(Certificates.AuthorityFile);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build((X509Certificate2)certificate);
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Certificates.Dispose();
    }
}

/// <summary>One such broker for the tests that change nothing of it.</summary>
public sealed class TlsFixture : IAsyncLifetime
{
    private TlsBroker? _broker;

    public TlsBroker Broker => _broker!;

    public async Task InitializeAsync() => _broker = await TlsBroker.StartAsync();

    public async Task DisposeAsync()
    {
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }
    }
}
