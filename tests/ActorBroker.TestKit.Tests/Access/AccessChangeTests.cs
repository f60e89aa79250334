using ActorBroker.Client;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Access;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.TestKit.Tests.Access;

/// <summary>What changes of users, permissions and virtual hosts do to those who are connected.</summary>
public sealed class AccessChangeTests(AdministeredBroker broker) : IClassFixture<AdministeredBroker>
{
    [Fact]
    public async Task A_permission_that_changes_is_in_force_for_the_next_publish_of_an_open_channel()
    {
        var exchange = await NewTopicAsync();
        var user = await broker.AddUserAsync(Permission.All);
        await using var connection = await broker.ConnectAsync(user);
        await using var channel = await connection.CreateChannelAsync();
        Assert.Null(await Refused.TextAsync(channel, c => Publish(c, exchange, "a")));

        await broker.SetAsync(origin => new PutPermission(1, user, "/", new Permission(".*", "^other", ".*"), origin));

        Assert.Equal(
            $"ACCESS_REFUSED - write access to exchange '{exchange}' in vhost '/' refused for user '{user}'",
            await Refused.TextAsync(channel, c => Publish(c, exchange, "a")));
        await broker.SetAsync(origin => new PutPermission(1, user, "/", Permission.All, origin));
        Assert.Null(await Refused.TextAsync(connection, c => Publish(c, exchange, "a")));
        await broker.SetAsync(origin => new ClearPermission(1, user, "/", origin));
        Assert.NotNull(await Refused.TextAsync(connection, c => Publish(c, exchange, "a")));
    }

    [Fact]
    public async Task Topic_permissions_restrict_the_keys_to_publish_with_and_to_bind_by()
    {
        var exchange = await NewTopicAsync();
        var user = await broker.AddUserAsync(Permission.All);
        await broker.SetAsync(origin => new PutTopicPermission(1, user, "/", exchange, new TopicPermission("^{username}\\.", "^pub\\."), origin));
        await using var connection = await broker.ConnectAsync(user);

        Assert.Null(await Refused.TextAsync(connection, c => Publish(c, exchange, $"{user}.a")));
        Assert.Equal(
            $"ACCESS_REFUSED - write access to topic 'other.a' in exchange '{exchange}' in vhost '/' refused for user '{user}'",
            await Refused.TextAsync(connection, c => Publish(c, exchange, "other.a")));
        Assert.Equal(
            $"ACCESS_REFUSED - write access to topic 'other.b' in exchange '{exchange}' in vhost '/' refused for user '{user}'",
            await Refused.TextAsync(connection, c => Publish(c, exchange, $"{user}.a", "other.b")));
        Assert.Null(await Refused.TextAsync(connection, c => BindAsync(c, exchange, "pub.#")));
        Assert.Equal(
            $"ACCESS_REFUSED - read access to topic '#' in exchange '{exchange}' in vhost '/' refused for user '{user}'",
            await Refused.TextAsync(connection, c => BindAsync(c, exchange, "#")));

        await broker.SetAsync(origin => new ClearTopicPermission(1, user, "/", null, origin));
        Assert.Null(await Refused.TextAsync(connection, c => Publish(c, exchange, "other.a")));
    }

    [Fact]
    public async Task A_deleted_users_connections_are_closed_and_it_is_not_let_in_again()
    {
        var user = await broker.AddUserAsync(Permission.All);
        await using var connection = await broker.ConnectAsync(user);
        await using var another = await broker.ConnectAsync(await broker.AddUserAsync(Permission.All));
        var end = Refused.EndOfAsync(connection);

        await broker.SetAsync(origin => new DeleteUser(1, user, origin));

        Assert.Equal($"320 CONNECTION_FORCED - user '{user}' is deleted", await end);
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => broker.ConnectAsync(user));
        Assert.True(another.IsOpen);
    }

    [Fact]
    public async Task A_deleted_virtual_host_takes_connections_and_all_that_is_in_it_along()
    {
        var virtualHost = await broker.AddVirtualHostAsync();
        var user = await broker.AddUserAsync(Permission.All, virtualHost);
        await using var connection = await broker.ConnectAsync(user, virtualHost);
        await using (var channel = await connection.CreateChannelAsync())
        {
            await channel.ExchangeDeclareAsync("x", "fanout", durable: true);
            await channel.QueueDeclareAsync("q", durable: true, exclusive: false, autoDelete: false);
            await channel.QueueDeclareAsync("mine", durable: false, exclusive: true, autoDelete: false);
            await channel.QueueBindAsync("q", "x", "");
            await channel.ExchangeBindAsync("amq.fanout", "amq.direct", "k");
            await channel.BasicPublishAsync("x", "", new ReadOnlyMemory<byte>([1]));
        }

        var end = Refused.EndOfAsync(connection);
        await broker.SetAsync(origin => new DeleteVirtualHost(1, virtualHost, origin));

        Assert.Equal($"320 CONNECTION_FORCED - vhost '{virtualHost}' is deleted", await end);
        var refused = await Assert.ThrowsAsync<BrokerUnreachableException>(() => broker.ConnectAsync(user, virtualHost));
        Assert.Contains($"vhost {virtualHost} not found", refused.InnerException!.Message, StringComparison.Ordinal);

        await broker.SetAsync(origin => new CreateVirtualHost(1, virtualHost, null, origin));
        await broker.SetAsync(origin => new PutPermission(1, user, virtualHost, Permission.All, origin));
        await using var anew = await broker.ConnectAsync(user, virtualHost);
        Assert.Contains("no queue 'q'", await Refused.TextAsync(anew, c => c.QueueDeclarePassiveAsync("q")), StringComparison.Ordinal);
        Assert.Contains("no exchange 'x'", await Refused.TextAsync(anew, c => c.ExchangeDeclarePassiveAsync("x")), StringComparison.Ordinal);
        await using var publisher = await anew.CreateChannelAsync();
        await publisher.QueueDeclareAsync("q", false, false, false);
        await publisher.QueueBindAsync("q", "amq.fanout", "");
        await publisher.BasicPublishAsync("amq.direct", "k", new ReadOnlyMemory<byte>([1]));
        Assert.Null(await publisher.BasicGetAsync("q", autoAck: true));
    }

    [Fact]
    public async Task A_virtual_hosts_default_queue_type_is_that_of_queues_that_are_declared_without_one()
    {
        var virtualHost = broker.NewName("typed");
        await broker.SetAsync(origin => new CreateVirtualHost(1, virtualHost, new VirtualHostMetadata("", [], QueueType.Quorum, IsProtected: true), origin));
        var user = await broker.AddUserAsync(Permission.All, virtualHost);
        await using var connection = await broker.ConnectAsync(user, virtualHost);

        Assert.Null(await Refused.TextAsync(connection, c => c.QueueDeclareAsync("q", durable: true, false, false)));
        Assert.Contains(
            "x-queue-type",
            await Refused.TextAsync(connection, c => c.QueueDeclareAsync("q", true, false, false, new Dictionary<string, object?> { ["x-queue-type"] = "classic" })),
            StringComparison.Ordinal);
        Assert.Equal(RefusalReason.PreconditionFailed, (await broker.ChangeAsync(origin => new DeleteVirtualHost(1, virtualHost, origin)))?.Reason);
    }

    [Fact]
    public async Task A_password_is_changed_and_taken_away()
    {
        var user = await broker.AddUserAsync(Permission.All);
        await (await broker.ConnectAsync(user)).DisposeAsync();
        var slow = PasswordHash.Create(PasswordHashing.Pbkdf2Sha512, new byte[16], "another", iterations: 1_000);
        await broker.SetAsync(origin => new PutUser(1, user, slow, PasswordHashing.Pbkdf2Sha512, null, origin));

        await Assert.ThrowsAsync<BrokerUnreachableException>(() => broker.ConnectAsync(user));
        await (await broker.ConnectAsync(user, password: "another")).DisposeAsync();
        await (await broker.ConnectAsync(user, password: "another")).DisposeAsync();

        await broker.SetAsync(origin => new PutUser(1, user, "", PasswordHashing.Sha256, null, origin));
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => broker.ConnectAsync(user, password: "another"));
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => broker.ConnectAsync(user, password: ""));
    }

    [Fact]
    public async Task Clients_of_Akka_are_refused_what_clients_of_AMQP_are()
    {
        var exchange = await NewTopicAsync();
        var user = await broker.AddUserAsync(new Permission("^$", "^other", "^$"));
        using var system = ActorSystem.Create("clients", BrokerConfiguration.With(
            Akka.Configuration.Config.Empty, "akka.actor.provider=remote", "akka.remote.dot-netty.tcp.hostname=127.0.0.1",
            "akka.remote.dot-netty.tcp.port=0", "akka.loglevel=OFF", "akka.stdout-loglevel=OFF", "akka.log-dead-letters=off"));
        var client = BrokerClient.Start(
            system,
            new BrokerClientSettings { Contacts = [broker.Broker.Contact], User = user, Password = AdministeredBroker.Password, VirtualHost = "/" },
            "client");
        await client.ConnectedAsync();

        var declared = await Assert.ThrowsAsync<BrokerRefusedException>(() => client.DeclareQueueAsync("q"));
        var read = await Assert.ThrowsAsync<BrokerRefusedException>(() => client.GetAsync("q", noAck: true));
        var published = await client.PublishAsync(new OutgoingMessage(exchange, "k", "m"u8.ToArray()));

        Assert.Contains($"configure access to queue 'q' in vhost '/' refused for user '{user}'", declared.Message, StringComparison.Ordinal);
        Assert.Contains($"read access to queue 'q' in vhost '/' refused for user '{user}'", read.Message, StringComparison.Ordinal);
        Assert.False(published.IsConfirmed);
        await system.Terminate();
    }

    private async Task<string> NewTopicAsync()
    {
        var exchange = broker.NewName("topic");
        await using var guest = await broker.ConnectAsync("guest");
        await using var channel = await guest.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(exchange, "topic", durable: true);
        return exchange;
    }

    private static async Task BindAsync(IChannel channel, string exchange, string key)
    {
        var queue = await channel.QueueDeclareAsync();
        await channel.QueueBindAsync(queue.QueueName, exchange, key);
    }

    private static Task Publish(IChannel channel, string exchange, string routingKey, params object[] copies)
    {
        var properties = new BasicProperties();
        if (copies.Length > 0)
            properties.Headers = new Dictionary<string, object?> { ["CC"] = copies.ToList() };
        return channel.BasicPublishAsync(exchange, routingKey, mandatory: false, properties, "m"u8.ToArray()).AsTask();
    }
}
