using System.Net;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

public sealed class NodeTests(ApiFixture fixture) : ApiSpec(fixture)
{
    [Fact]
    public async Task The_overview_says_what_RabbitMQs_clients_look_for()
    {
        var overview = (await GetAsync("overview")).Json;

        Assert.Equal("RabbitMQ", (string?)overview["product_name"]);
        foreach (var field in (string[])["management_version", "rabbitmq_version", "cluster_name", "exchange_types", "message_stats", "queue_totals", "object_totals", "node", "listeners", "contexts", "churn_rates"])
        {
            Assert.True(overview.AsObject().ContainsKey(field), field);
        }

        var node = Assert.Single((await GetAsync("nodes")).Items)!;
        Assert.Equal((string?)overview["node"], (string?)node["name"]);
        Assert.True((bool)node["running"]!);
        Assert.True((long)node["mem_used"]! > 0);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("nodes/none")).Status);
    }

    [Fact]
    public async Task Health_checks_answer_as_RabbitMQs()
    {
        var host = await VirtualHostAsync();

        Assert.Equal("""{"status":"ok"}""", (await GetAsync($"aliveness-test/{host}")).Text);
        Assert.Equal("""{"status":"ok"}""", (await GetAsync("health/checks/alarms")).Text);
        Assert.Equal("""{"status":"ok"}""", (await GetAsync("health/checks/virtual-hosts")).Text);
        Assert.Equal("""{"status":"ok","protocol":"amqp"}""", (await GetAsync("health/checks/protocol-listener/amqp")).Text);
        var missing = await GetAsync("health/checks/protocol-listener/mqtt");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, missing.Status);
        Assert.Equal(("failed", "No active listener", "mqtt"), ((string?)missing.Json["status"], missing.Reason, (string?)missing.Json["missing"]));
    }

    [Fact]
    public async Task A_connection_is_told_of_and_closed_with_the_reason_given()
    {
        var factory = new ConnectionFactory
        {
            HostName = Fixture.Amqp.Address.ToString(), Port = Fixture.Amqp.Port, ClientProvidedName = "of this test", AutomaticRecoveryEnabled = false,
        };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var host = await VirtualHostAsync();
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        await channel.BasicQosAsync(0, 5, global: false);
        var tag = await channel.BasicConsumeAsync(queue, autoAck: false, new AsyncEventingBasicConsumer(channel));
        var closed = new TaskCompletionSource<ShutdownEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, reason) =>
        {
            closed.TrySetResult(reason);
            return Task.CompletedTask;
        };

        var told = Assert.Single((await GetAsync("connections")).Items, item => (string?)item!["user_provided_name"] == "of this test")!;
        Assert.Equal(("guest", "/", "AMQP 0-9-1", "running"), ((string?)told["user"], (string?)told["vhost"], (string?)told["protocol"], (string?)told["state"]));
        var name = Uri.EscapeDataString((string)told["name"]!);
        Assert.Equal(1, (int)Assert.Single((await GetAsync($"connections/{name}/channels")).Items)!["consumer_count"]!);
        var consumer = Assert.Single((await GetAsync("consumers/%2F")).Items, item => (string?)item!["consumer_tag"] == tag)!;
        Assert.Equal((queue, 5), ((string?)consumer["queue"]!["name"], (int)consumer["prefetch_count"]!));
        Assert.DoesNotContain((await GetAsync($"vhosts/{host}/connections")).Items, item => (string?)item!["user_provided_name"] == "of this test");
        var stranger = await UserAsync("management");
        Assert.Equal("User not authorised to access object", (await DeleteAsync($"connections/{name}", stranger)).Reason);

        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync($"connections/{name}")).Status);

        var reason = await closed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(320, reason.ReplyCode);
        Assert.Contains("Closed via management plugin", reason.ReplyText, StringComparison.Ordinal);
    }
}
