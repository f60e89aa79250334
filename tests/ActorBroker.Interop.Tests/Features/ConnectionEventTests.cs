using System.Text.RegularExpressions;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>What a client that is bound to amq.rabbitmq.event reads of other clients' connections, channels and consumers.</summary>
public sealed partial class ConnectionEventTests(BrokerFixture broker) : FeatureTest(broker)
{
    [Fact]
    public async Task A_connection_logs_in_opens_and_closes()
    {
        var events = await EventCollector.StartAsync(Channel);
        var name = Unique("connection");
        var connection = await ConnectAsync(factory => factory.ClientProvidedName = name);
        var created = await events.NextAsync("connection.created", "user_provided_name", name);
        var address = created.Text("name");
        Assert.Matches(Addresses(), address);
        Assert.Matches(Process(), created.Text("pid"));
        Assert.EndsWith($":{Broker.Endpoint.Port}", address, StringComparison.Ordinal);
        Assert.Equal(address, $"127.0.0.1:{created.Headers["peer_port"]} -> 127.0.0.1:{created.Headers["port"]}");
        Assert.InRange(Assert.IsType<long>(created.Headers["connected_at"]), 1, (long)created.Headers["timestamp_in_ms"]!);
        Assert.Contains("'{<<\"product\">>,longstr,<<\"RabbitMQ\">>}'", created.Items("client_properties"));
        Assert.Contains($"'{{<<\"connection_name\">>,longstr,<<\"{name}\">>}}'", created.Items("client_properties"));
        Assert.NotEmpty(created.Text("node"));
        Assert.Equal(
            [
                "auth_mechanism='PLAIN'", $"channel_max={connection.ChannelMax}", $"frame_max={connection.FrameMax}", "host='{127,0,0,1}'",
                "peer_cert_issuer=''", "peer_cert_subject=''", "peer_cert_validity=''", "peer_host='{127,0,0,1}'", "protocol='{0,9,1}'",
                "ssl=false", "ssl_cipher=''", "ssl_hash=''", "ssl_key_exchange=''", "ssl_protocol=''",
                $"timeout={connection.Heartbeat.TotalSeconds}", "type='network'", "user='guest'", $"user_provided_name='{name}'",
                "user_who_performed_action='guest'", "vhost='/'",
            ],
            created.Lines("name", "pid", "peer_port", "port", "connected_at", "client_properties", "node"));

        var login = await events.NextAsync("user.authentication.success", "connection_name", address);
        Assert.Equal(
            [
                "auth_mechanism='PLAIN'", $"connection_name='{address}'", "connection_type='network'", "host='{127,0,0,1}'", "name='guest'",
                "peer_host='{127,0,0,1}'", $"peer_port={created.Headers["peer_port"]}", "protocol='{0,9,1}'", "ssl=false",
            ],
            login.Lines());

        await connection.CloseAsync();
        var closed = await events.NextAsync("connection.closed", "pid", created.Text("pid"));
        Assert.Equal(
            [$"name='{address}'", $"node='{created.Text("node")}'", $"pid='{created.Text("pid")}'", $"user_provided_name='{name}'"],
            closed.Lines("client_properties"));
        Assert.Equal(created.Items("client_properties"), closed.Items("client_properties"));
    }

    [Fact]
    public async Task A_login_that_is_refused_says_why_character_by_character()
    {
        var events = await EventCollector.StartAsync(Channel);
        var user = Unique("nobody");
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync(factory => factory.UserName = user));
        var refused = await events.NextAsync("user.authentication.failure", "name", user);
        var text = Assert.IsType<List<object?>>(refused.Headers["error"]).Select(character => (char)Assert.IsType<long>(character));
        Assert.Equal($"user '{user}' - invalid credentials", string.Concat(text));
        Assert.Equal(
            [
                "auth_mechanism='PLAIN'", "connection_type='network'", "host='{127,0,0,1}'", $"name='{user}'", "peer_host='{127,0,0,1}'",
                "protocol='{0,9,1}'", "ssl=false",
            ],
            refused.Lines("error", "connection_name", "peer_port"));
        await events.NextAsync("connection.closed", "name", refused.Text("connection_name"));
    }

    [Fact]
    public async Task Channels_are_told_apart_by_their_names_of_processes()
    {
        var events = await EventCollector.StartAsync(Channel);
        var name = Unique("connection");
        var connection = await ConnectAsync(factory => factory.ClientProvidedName = name);
        var opened = await events.NextAsync("connection.created", "user_provided_name", name);
        var (address, process) = (opened.Text("name"), opened.Text("pid"));
        var first = await ChannelAsync(connection, events, process);
        Assert.Matches(Process(), first.Created.Text("pid"));
        Assert.Equal(
            [
                $"connection='{process}'", $"name='{address} (1)'", "number=1", "user='guest'", "user_who_performed_action='guest'", "vhost='/'",
            ],
            first.Created.Lines("pid"));
        await first.Channel.CloseAsync();
        var closed = await events.NextAsync("channel.closed", "pid", first.Created.Text("pid"));
        Assert.Equal([$"pid='{first.Created.Text("pid")}'", "user_who_performed_action='guest'"], closed.Lines());

        var second = await ChannelAsync(connection, events, process);
        Assert.Equal(1L, second.Created.Headers["number"]);
        Assert.NotEqual(first.Created.Text("pid"), second.Created.Text("pid"));
        await connection.AbortAsync();
        await events.NextAsync("channel.closed", "pid", second.Created.Text("pid"));
        await events.NextAsync("connection.closed", "pid", process);
    }

    [Fact]
    public async Task An_exclusive_queue_names_the_connection_that_it_goes_with()
    {
        var events = await EventCollector.StartAsync(Channel);
        var name = Unique("connection");
        var connection = await ConnectAsync(factory => factory.ClientProvidedName = name);
        var opened = await events.NextAsync("connection.created", "user_provided_name", name);
        var channel = await connection.CreateChannelAsync();
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        var created = await events.NextAsync("queue.created", "name", queue);
        Assert.Equal(opened.Text("pid"), created.Text("owner_pid"));
        Assert.Contains("exclusive=true", created.Lines());
        await connection.CloseAsync();
        Assert.Equal("rmq-internal", (await events.NextAsync("queue.deleted", "name", queue)).Text("user_who_performed_action"));
    }

    [Fact]
    public async Task Consumers_come_and_go()
    {
        var events = await EventCollector.StartAsync(Channel);
        var queue = await QueueAsync();
        var channel = await Connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, 9, global: false);
        var tag = Unique("tag");
        await channel.BasicConsumeAsync(
            queue, autoAck: false, tag, noLocal: false, exclusive: true, Table(("x-priority", 7)), new RabbitMQ.Client.Events.AsyncEventingBasicConsumer(channel));
        var created = await events.NextAsync("consumer.created", "consumer_tag", tag);
        Assert.Matches(Process(), created.Text("channel"));
        Assert.Equal(
            [
                "ack_required=true", "arguments=['{<<\"x-priority\">>,signedint,7}']", $"consumer_tag='{tag}'", "exclusive=true",
                "prefetch_count=9", $"queue='{queue}'", "user_who_performed_action='guest'", "vhost='/'",
            ],
            created.Lines("channel"));
        await channel.BasicCancelAsync(tag);
        var deleted = await events.NextAsync("consumer.deleted", "consumer_tag", tag);
        Assert.Equal(
            [
                $"channel='{created.Text("channel")}'", $"consumer_tag='{tag}'", $"queue='{queue}'", "user_who_performed_action='guest'",
                "vhost='/'",
            ],
            deleted.Lines());

        // Those that are not cancelled end with their channel, or their queue.
        var (ofChannel, ofQueue) = (Unique("tag"), Unique("tag"));
        await channel.BasicConsumeAsync(queue, autoAck: true, ofChannel, new RabbitMQ.Client.Events.AsyncEventingBasicConsumer(channel));
        await channel.CloseAsync();
        await events.NextAsync("consumer.deleted", "consumer_tag", ofChannel);
        await events.NextAsync("channel.closed", "pid", created.Text("channel"));
        await Channel.BasicConsumeAsync(queue, autoAck: true, ofQueue, new RabbitMQ.Client.Events.AsyncEventingBasicConsumer(Channel));
        await Channel.QueueDeleteAsync(queue);
        await events.NextAsync("consumer.deleted", "consumer_tag", ofQueue);
    }

    [Fact]
    public async Task Who_takes_replies_directly_is_no_consumer_of_a_queue()
    {
        var events = await EventCollector.StartAsync(Channel);
        await DeliveryCollector.StartAsync(Channel, "amq.rabbitmq.reply-to", autoAck: true);
        var queue = await QueueAsync();
        await events.NextAsync("queue.created", "name", queue);
        Assert.DoesNotContain(events.Rest(), happened => happened.Key == "consumer.created" && happened.Text("queue") == "amq.rabbitmq.reply-to");
    }

    private static async Task<(IChannel Channel, BrokerEventMessage Created)> ChannelAsync(
        IConnection connection, EventCollector events, string process)
    {
        var channel = await connection.CreateChannelAsync();
        return (channel, await events.NextAsync("channel.created", "connection", process));
    }

    [GeneratedRegex(@"^127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+$")]
    private static partial Regex Addresses();

    [GeneratedRegex(@"^<[^<>]+\.\d+\.\d+\.\d+>$")]
    private static partial Regex Process();
}
