using System.Net;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

/// <summary>What is told of a queue beside its definition, under RabbitMQ's names.</summary>
public sealed class QueueStatisticsTests(ApiFixture fixture) : ApiSpec(fixture)
{
    [Fact]
    public async Task A_queue_tells_how_large_its_messages_are_and_where()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q", """{"durable":true}""");
        await PublishAsync(host, "q", "12345", """{"delivery_mode":2,"timestamp":1700000000}""");
        await PublishAsync(host, "q", "123", """{"delivery_mode":1,"timestamp":1600000000}""");

        var queue = await ToldAsync($"queues/{host}/q", static queue => (int?)queue["message_bytes"] == 8);
        Assert.Equal(
            [8, 0, 5, 8, 0, 0, 2, 2, 0, 1, 0],
            Numbers(
                queue, "message_bytes_ready", "message_bytes_unacknowledged", "message_bytes_persistent", "message_bytes_ram", "message_bytes_paged_out",
                "messages_paged_out", "messages_ram", "messages_ready_ram", "messages_unacknowledged_ram", "messages_persistent", "consumer_capacity"));
        Assert.Equal(1_700_000_000, (long)queue["head_message_timestamp"]!);
        Assert.Contains((await GetAsync($"queues/{host}")).Items, static one => (int?)one!["message_bytes_ready"] == 8);

        await DeleteAsync($"queues/{host}/q/contents");
        queue = await ToldAsync($"queues/{host}/q", static queue => (int?)queue["message_bytes"] == 0);
        Assert.Null(queue["head_message_timestamp"]);
    }

    [Fact]
    public async Task A_queue_tells_what_consumers_hold_and_how_well_they_keep_up()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q");
        await using var connection = await ConnectAsync(host);
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, 1, global: false);
        await channel.BasicConsumeAsync("q", autoAck: false, new AsyncEventingBasicConsumer(channel));
        Assert.Equal(1, (double)(await ToldAsync($"queues/{host}/q", static queue => (int?)queue["consumers"] == 1))["consumer_utilisation"]!);

        await PublishAsync(host, "q", "12345", "{}");
        await PublishAsync(host, "q", "123", "{}");

        var queue = await ToldAsync($"queues/{host}/q", static queue => (int?)queue["message_bytes"] == 8 && (double?)queue["consumer_capacity"] < 0.9);
        Assert.Equal([3, 5, 1, 1], Numbers(queue, "message_bytes_ready", "message_bytes_unacknowledged", "messages_ready_ram", "messages_unacknowledged_ram"));
    }

    [Fact]
    public async Task A_stream_tells_its_segments_readers_and_last_offset()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/s", """{"durable":true,"arguments":{"x-queue-type":"stream"}}""");
        await PublishAsync(host, "s", "1", "{}");
        await PublishAsync(host, "s", "2", "{}");

        var stream = await ToldAsync($"queues/{host}/s", static queue => (int?)queue["messages_persistent"] == 2);
        Assert.Equal([1, 1], Numbers(stream, "segments", "committed_offset"));
        Assert.Equal(0, (int)Assert.Single(stream["readers"]!.AsObject()).Value!);
    }

    [Fact]
    public async Task A_list_without_statistics_has_definitions_and_totals_where_they_are_asked_for()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q", """{"durable":true}""");
        await PublishAsync(host, "q", "12345", "{}");
        await ToldAsync($"queues/{host}/q", static queue => (int?)queue["messages"] == 1 && queue["message_stats"] is not null);

        var bare = Assert.Single((await GetAsync($"queues/{host}?disable_stats=true")).Items)!.AsObject();
        Assert.Equal(("q", "classic", "running", true), ((string?)bare["name"], (string?)bare["type"], (string?)bare["state"], (bool)bare["durable"]!));
        Assert.DoesNotContain(bare, static field => field.Key.StartsWith("message", StringComparison.Ordinal));
        Assert.DoesNotContain("consumers", bare);

        var total = Assert.Single((await GetAsync($"queues/{host}?disable_stats=true&enable_queue_totals=true")).Items)!.AsObject();
        Assert.Equal([1, 1, 0], Numbers(total, "messages", "messages_ready", "messages_unacknowledged"));
        Assert.DoesNotContain("message_stats", total);
        Assert.DoesNotContain("messages_details", total);

        // Totals are there anyway where statistics are.
        Assert.Contains("message_stats", Assert.Single((await GetAsync($"queues/{host}?enable_queue_totals=true")).Items)!.AsObject());
    }

    private static double[] Numbers(JsonNode item, params string[] names) => [.. names.Select(name => (double)item[name]!)];

    private async Task PublishAsync(string host, string queue, string payload, string properties) => Assert.Equal(
        HttpStatusCode.OK,
        (await PostAsync(
            $"exchanges/{host}/amq.default/publish",
            $$"""{"properties":{{properties}},"routing_key":"{{queue}}","payload":"{{payload}}","payload_encoding":"string"}""")).Status);

    private Task<IConnection> ConnectAsync(string host) => new ConnectionFactory
    {
        HostName = Fixture.Amqp.Address.ToString(), Port = Fixture.Amqp.Port, VirtualHost = host, AutomaticRecoveryEnabled = false,
    }.CreateConnectionAsync();
}
