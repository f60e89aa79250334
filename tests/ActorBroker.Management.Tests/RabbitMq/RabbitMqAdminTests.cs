using System.Diagnostics;
using ActorBroker.Management.Tests.Api;
using Xunit;

namespace ActorBroker.Management.Tests.RabbitMq;

/// <summary>RabbitMQ's own script for its management, as the distribution has it: each of its subcommands.</summary>
public sealed class RabbitMqAdminTests(ApiFixture fixture) : ApiSpec(fixture)
{
    private const string Script = "/usr/bin/rabbitmqadmin";

    [Theory]
    [InlineData("connections")]
    [InlineData("channels")]
    [InlineData("consumers")]
    [InlineData("exchanges")]
    [InlineData("queues")]
    [InlineData("bindings")]
    [InlineData("users")]
    [InlineData("vhosts")]
    [InlineData("permissions")]
    [InlineData("nodes")]
    [InlineData("parameters")]
    [InlineData("policies")]
    [InlineData("operator_policies")]
    [InlineData("vhost_limits")]
    public async Task Everything_is_listed(string what) => await RunAsync("list", what);

    [Fact]
    public async Task It_shows_the_overview() => Assert.Contains("4.", await RunAsync("-f", "tsv", "show", "overview"), StringComparison.Ordinal);

    [Fact]
    public async Task It_declares_publishes_gets_purges_and_deletes()
    {
        var host = $"v{Guid.NewGuid():N}";
        Assert.Contains("vhost declared", await RunAsync("declare", "vhost", $"name={host}", "tracing=false"), StringComparison.Ordinal);
        await InAsync(host, "exchange declared", "declare", "exchange", "name=x", "type=fanout");
        await InAsync(host, "queue declared", "declare", "queue", "name=q", "durable=true", "arguments={\"x-max-length\":10}");
        await InAsync(host, "queue declared", "declare", "queue", "name=quorum", "queue_type=quorum");
        await InAsync(host, "binding declared", "declare", "binding", "source=x", "destination=q", "routing_key=k");
        await InAsync(host, "Message published", "publish", "exchange=x", "routing_key=k", "payload=hello", "properties={\"delivery_mode\":2}");
        await InAsync(host, "NOT routed", "publish", "routing_key=none", "payload=hello");
        await InAsync(host, "hello", "get", "queue=q");
        await InAsync(host, "True", "get", "queue=q", "ackmode=reject_requeue_true");
        await InAsync(host, "queue purged", "purge", "queue", "name=q");
        await InAsync(host, "No items", "get", "queue=q", "ackmode=ack_requeue_false");
        await InAsync(host, "quorum", "list", "queues", "name", "type", "messages");
        await InAsync(host, "binding deleted", "delete", "binding", "source=x", "destination_type=queue", "destination=q", "properties_key=k");
        await InAsync(host, "queue deleted", "delete", "queue", "name=q");
        await InAsync(host, "exchange deleted", "delete", "exchange", "name=x");
        Assert.Contains("vhost deleted", await RunAsync("delete", "vhost", $"name={host}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_manages_users_permissions_policies_and_limits()
    {
        var (host, user) = (await VirtualHostAsync(), $"u{Guid.NewGuid():N}");
        await InAsync(host, "user declared", "declare", "user", $"name={user}", "password=x", "tags=management");
        await InAsync(host, "permission declared", "declare", "permission", $"vhost={host}", $"user={user}", "configure=.*", "write=.*", "read=.*");
        await InAsync(host, "policy declared", "declare", "policy", "name=p", "pattern=^q", "definition={\"max-length\":7}", "priority=1", "apply-to=queues");
        await InAsync(host, "operator_policy declared", "declare", "operator_policy", "name=o", "pattern=^q", "definition={\"max-length\":5}");
        await InAsync(host, "vhost_limit declared", "declare", "vhost_limit", $"vhost={host}", "name=max-queues", "value=3");
        await InAsync(host, "max-queues", "list", "vhost_limits");
        Assert.Contains("No items", await RunAsync("-u", user, "-p", "x", "-V", host, "list", "queues"), StringComparison.Ordinal);
        await InAsync(host, "vhost_limit deleted", "delete", "vhost_limit", $"vhost={host}", "name=max-queues");
        await InAsync(host, "operator_policy deleted", "delete", "operator_policy", "name=o");
        await InAsync(host, "policy deleted", "delete", "policy", "name=p");
        await InAsync(host, "permission deleted", "delete", "permission", $"vhost={host}", $"user={user}");
        await InAsync(host, "user deleted", "delete", "user", $"name={user}");
    }

    [Fact]
    public async Task It_exports_and_imports()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q", """{"durable":true}""");
        var file = Path.GetTempFileName();
        try
        {
            await InAsync(host, "Exported definitions", "export", file);
            await DeleteAsync($"queues/{host}/q");
            await InAsync(host, "Uploaded definitions", "import", file);
            Assert.Equal("q", (string?)Assert.Single((await GetAsync($"queues/{host}")).Items)!["name"]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task InAsync(string host, string expected, params string[] arguments) =>
        Assert.Contains(expected, await RunAsync(["-V", host, .. arguments]), StringComparison.Ordinal);

    private async Task<string> RunAsync(params string[] arguments)
    {
        Assert.True(File.Exists(Script), "no rabbitmqadmin was found: run `apt-get install rabbitmq-server`");
        var info = new ProcessStartInfo("/usr/bin/python3", [Script, "-H", "127.0.0.1", "-P", $"{Fixture.EndPoint.Port}", .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(info)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"rabbitmqadmin {string.Join(' ', arguments)}: {await output}{await errors}");
        return await output;
    }
}
