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
    public async Task What_only_Erlang_has_is_said_not_to_be_there()
    {
        var node = (string)(await GetAsync("node")).Json["name"]!;
        foreach (var path in (string[])["ets", "ets/relative", "ets/management", "ets/management/relative"])
        {
            Assert.Equal("""{"ets_tables_memory":"no_tables"}""", (await GetAsync($"nodes/{node}/memory/{path}")).Text);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("nodes/none/memory/ets")).Status);
        Assert.Equal("""{"status":"ok"}""", (await GetAsync("health/checks/reached-target-cluster-size")).Text);
    }

    [Fact]
    public async Task A_nodes_limits_are_set_and_told_and_what_is_none_is_refused()
    {
        var node = (string)(await GetAsync("node")).Json["name"]!;
        var before = (await GetAsync($"nodes/{node}")).Json;
        try
        {
            Assert.Equal(HttpStatusCode.NoContent, (await LimitAsync(node, """{"vm_memory_high_watermark":{"absolute":9000000000000},"disk_free_limit":{"absolute":1}}""")).Status);
            var told = (await GetAsync($"nodes/{node}")).Json;
            Assert.Equal((9000000000000, 1), ((long)told["mem_limit"]!, (long)told["disk_free_limit"]!));
            Assert.Equal(HttpStatusCode.NoContent, (await LimitAsync(node, """{"vm_memory_high_watermark":{"relative":0.5}}""")).Status);
            Assert.InRange((long)(await GetAsync($"nodes/{node}")).Json["mem_limit"]!, 1, 8999999999999);
        }
        finally
        {
            await LimitAsync(node, $$$"""{"vm_memory_high_watermark":{"absolute":{{{before["mem_limit"]}}}},"disk_free_limit":{"absolute":{{{before["disk_free_limit"]}}}}}""");
        }

        Assert.Equal(HttpStatusCode.NotFound, (await LimitAsync("none", """{"disk_free_limit":{"absolute":1}}""")).Status);
        Assert.Equal("vm_memory_high_watermark or disk_free_limit must be given", (await LimitAsync(node, "{}")).Reason);
        Assert.Equal("vm_memory_high_watermark.relative must be between 0 and 1", (await LimitAsync(node, """{"vm_memory_high_watermark":{"relative":2}}""")).Reason);
        Assert.Equal("disk_free_limit.absolute must not be negative", (await LimitAsync(node, """{"disk_free_limit":{"absolute":-1}}""")).Reason);
        foreach (var wrong in (string[])["7", """{"relative":"x"}""", """{"relative":1,"absolute":1}""", "{}"])
        {
            Assert.StartsWith("disk_free_limit must have either ", (await LimitAsync(node, $$"""{"disk_free_limit":{{wrong}}}""")).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_node_inside_another_program_is_not_for_the_API_to_stop()
    {
        Assert.True((bool)(await GetAsync("node")).Json["running"]!);
        foreach (var action in (string[])["stop", "start", "reset"])
        {
            Assert.Equal(HttpStatusCode.NotImplemented, (await PostAsync($"node/{action}")).Status);
        }
    }

    private Task<Answer> LimitAsync(string node, string body) => PutAsync($"nodes/{node}/resource-limits", body);

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
