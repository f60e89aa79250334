using System.Security.Cryptography.X509Certificates;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Tls;

/// <summary>Logins without a password: by a client's certificate, and by nothing where that is configured.</summary>
public sealed class CertificateLoginTests(CertificateLoginTests.Fixture fixture) : IClassFixture<CertificateLoginTests.Fixture>
{
    private static readonly string[] WhatScriptsPrint = ["received 0", "received 10", "received 20000", "received 1000000"];

    [Fact]
    public async Task RabbitMQ_Client_logs_in_by_its_certificate()
    {
        await using var connection = await External("guest").CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync();
    }

    [Fact]
    public async Task Pika_logs_in_by_its_certificate() =>
        Assert.Equal(WhatScriptsPrint, await ScriptRunner.PythonAsync(fixture.Broker.Secure, "secure.py", environment: Environment()));

    [Fact]
    public async Task Amqplib_logs_in_by_its_certificate() =>
        Assert.Equal(WhatScriptsPrint, await ScriptRunner.NodeAsync(fixture.Broker.Secure, "secure.js", environment: Environment()));

    [Fact]
    public async Task The_certificate_of_somebody_who_is_no_user_is_refused()
    {
        var refused = await Assert.ThrowsAsync<BrokerUnreachableException>(() => External("nobody").CreateConnectionAsync());
        Assert.IsType<AuthenticationFailureException>(refused.InnerException);
    }

    [Fact]
    public async Task EXTERNAL_is_offered_to_those_only_who_have_shown_a_certificate()
    {
        var factory = fixture.Broker.Factory();
        factory.AuthMechanisms = [new ExternalMechanismFactory()];
        await Assert.ThrowsAnyAsync<Exception>(() => factory.CreateConnectionAsync());

        factory.AuthMechanisms = [new PlainMechanismFactory()];
        await using var connection = await factory.CreateConnectionAsync();
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task ANONYMOUS_is_the_user_that_is_configured()
    {
        var plain = fixture.Broker.Process.Endpoint;
        var factory = new ConnectionFactory { HostName = plain.Host, Port = plain.Port, AuthMechanisms = [new AnonymousMechanismFactory()] };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();

        // Whoever has the right to everything may publish as the user that it is, and no other.
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties { UserId = "guest" }, ReadOnlyMemory<byte>.Empty);
        Assert.NotNull(await channel.BasicGetAsync(queue, autoAck: true));
    }

    private ConnectionFactory External(string name)
    {
        var factory = fixture.Broker.Factory();
        factory.AuthMechanisms = [new ExternalMechanismFactory()];
        factory.Ssl.Certs = new X509CertificateCollection { fixture.Broker.Certificates.Authority.Sign(name) };
        return factory;
    }

    private Dictionary<string, string> Environment()
    {
        var certificates = fixture.Broker.Certificates;
        return new Dictionary<string, string>(fixture.Broker.Environment)
        {
            ["TLS_LOGIN"] = "EXTERNAL", ["TLS_CERTIFICATE"] = certificates.CertificateFile("guest"), ["TLS_KEY"] = certificates.KeyFile("guest"),
        };
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private TlsBroker? _broker;

        public TlsBroker Broker => _broker!;

        public async Task InitializeAsync()
        {
            _broker = await TlsBroker.StartAsync(
                "actorbroker.tls.verify=peer", "actorbroker.login.certificate-user=common-name", "actorbroker.login.anonymous-user=guest",
                "actorbroker.login.mechanisms=[PLAIN, EXTERNAL, ANONYMOUS]");
            using var certificate = _broker.Certificates.Authority.Sign("guest");
            _broker.Certificates.Write("guest", certificate);
        }

        public async Task DisposeAsync()
        {
            if (_broker is not null)
            {
                await _broker.DisposeAsync();
            }
        }
    }

    private sealed class AnonymousMechanismFactory : IAuthMechanismFactory
    {
        public string Name => "ANONYMOUS";

        public IAuthMechanism GetInstance() => new AnonymousMechanism();
    }

    private sealed class AnonymousMechanism : IAuthMechanism
    {
        public Task<byte[]> HandleChallengeAsync(byte[]? challenge, ConnectionConfig config, CancellationToken cancellationToken = default) =>
            Task.FromResult<byte[]>([]);
    }
}
