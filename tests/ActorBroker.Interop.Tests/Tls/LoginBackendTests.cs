using ActorBroker.Interop.Tests.Hosting;
using ActorBroker.Testing.Certificates;
using ActorBroker.Testing.Networks;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Tls;

/// <summary>Users that the broker does not keep: those of tokens, and those of a service that it asks.</summary>
public sealed class LoginBackendTests
{
    private const string MayUseAllowed = "mq.configure:*/allowed-* mq.read:*/* mq.write:*/*";

    [Fact]
    public async Task A_token_is_a_password_and_its_scopes_are_permissions()
    {
        using var files = new CertificateFolder();
        using var maker = new TokenMaker("key-1");
        await using var broker = await StartWithTokensAsync(files, maker);
        await using var connection = await ConnectAsync(broker, "", maker.Sign(In(hours: 1), MayUseAllowed));
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.QueueDeclareAsync("allowed-1", durable: false, exclusive: true, autoDelete: false);
        await channel.BasicPublishAsync("", "allowed-1", "hello"u8.ToArray());
        Assert.NotNull(await channel.BasicGetAsync("allowed-1", autoAck: true));

        var refused = await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueDeclareAsync("other", exclusive: true));
        Assert.Equal(
            (403, "ACCESS_REFUSED - configure access to queue 'other' in vhost '/' refused for user 'alice'"),
            (refused.ShutdownReason!.ReplyCode, refused.ShutdownReason.ReplyText));

        // The users that the broker keeps are asked next.
        await using var guest = await ConnectAsync(broker, "guest", "guest");
        var unreachable = await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync(broker, "", maker.Sign(In(hours: -1), MayUseAllowed)));
        Assert.IsType<AuthenticationFailureException>(unreachable.InnerException);
    }

    [Fact]
    public async Task A_connection_ends_with_its_token_unless_that_is_renewed()
    {
        using var files = new CertificateFolder();
        using var maker = new TokenMaker("key-1");
        await using var broker = await StartWithTokensAsync(files, maker);
        var soon = DateTimeOffset.UtcNow.AddSeconds(15);
        await using var ends = await ConnectAsync(broker, "", maker.Sign(soon, MayUseAllowed));
        await using var stays = await ConnectAsync(broker, "", maker.Sign(soon, MayUseAllowed));
        await using var channel = await stays.CreateChannelAsync();
        await stays.UpdateSecretAsync(maker.Sign(In(hours: 1), "mq.configure:*/now-this"), "it is time");
        await channel.QueueDeclareAsync("now-this", durable: false, exclusive: true, autoDelete: false);

        var reason = await EndOfAsync(ends);
        Assert.Equal((403, "ACCESS_REFUSED - credential expired"), (reason.ReplyCode, reason.ReplyText));
        Assert.True(DateTimeOffset.UtcNow >= soon.AddSeconds(-1));
        Assert.True(stays.IsOpen);
        await channel.QueueDeclareAsync("now-this", durable: false, exclusive: true, autoDelete: false);
    }

    [Fact]
    public async Task A_service_that_is_asked_by_HTTP_says_who_may_do_what()
    {
        await using var service = new HttpStub(static (path, parameters) => path switch
        {
            "/user" => parameters.Contains("password=secret", StringComparison.Ordinal) ? "allow management" : "deny",
            "/resource" => parameters.Contains("name=hidden", StringComparison.Ordinal) ? "deny" : "allow",
            _ => "allow",
        });
        await using var broker = await BrokerProcess.StartAsync(
            "actorbroker.login.backends=[http]", $"actorbroker.login.http.user-url={service.Url}user", $"actorbroker.login.http.vhost-url={service.Url}vhost",
            $"actorbroker.login.http.resource-url={service.Url}resource", $"actorbroker.login.http.topic-url={service.Url}topic");
        await using var connection = await ConnectAsync(broker, "dave", "secret");
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.QueueDeclareAsync("seen", durable: false, exclusive: true, autoDelete: false);
        for (var i = 0; i < 100; i++)
        {
            await channel.BasicPublishAsync("", "seen", "hello"u8.ToArray());
        }

        Assert.InRange(service.Requests.Count(static request => request.Contains("name=amq.default", StringComparison.Ordinal)), 1, 10);
        var refused = await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueDeclareAsync("hidden", exclusive: true));
        Assert.Equal(403, refused.ShutdownReason!.ReplyCode);
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync(broker, "dave", "wrong"));
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync(broker, "guest", "guest"));
    }

    private static DateTimeOffset In(double hours) => DateTimeOffset.UtcNow.AddHours(hours);

    private static Task<BrokerProcess> StartWithTokensAsync(CertificateFolder files, TokenMaker maker)
    {
        File.WriteAllText(files.KeyFile("key-1"), maker.PublicKeyPem);
        return BrokerProcess.StartAsync(
            "actorbroker.login.backends=[oauth, internal]", "actorbroker.login.oauth.resource-server-id=mq",
            $"actorbroker.login.oauth.signing-keys=[{{ id = \"key-1\", file = \"{files.KeyFile("key-1")}\" }}]");
    }

    private static Task<IConnection> ConnectAsync(BrokerProcess broker, string user, string password) => new ConnectionFactory
    {
        HostName = broker.Endpoint.Host,
        Port = broker.Endpoint.Port,
        UserName = user,
        Password = password,
        AutomaticRecoveryEnabled = false,
    }.CreateConnectionAsync();

    private static async Task<ShutdownEventArgs> EndOfAsync(IConnection connection)
    {
        var ended = new TaskCompletionSource<ShutdownEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, reason) =>
        {
            ended.TrySetResult(reason);
            return Task.CompletedTask;
        };
        if (connection.CloseReason is { } already)
        {
            return already;
        }

        return await ended.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }
}
