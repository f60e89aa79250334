using ActorBroker.CommandLine.Tests.Commands;
using Xunit;

namespace ActorBroker.CommandLine.Tests.RabbitMqCtl;

public sealed class VirtualHostCommandTests(BrokerFixture fixture) : CtlSpec(fixture)
{
    [Fact]
    public async Task A_virtual_host_is_added_listed_and_deleted()
    {
        var host = NewName("v");

        Assert.Equal($"Adding vhost \"{host}\" ...\n", await OutputAsync("add_vhost", host, "--description", "for tests", "--tags", "a,b"));
        await OutputAsync("add_vhost", host);
        Assert.Contains(host, await LinesAsync("list_vhosts"));
        Assert.Contains($"{host}\tfor tests\t[a, b]\tundefined\tfalse", await LinesAsync("list_vhosts", "name", "description", "tags", "default_queue_type", "tracing"));
        Assert.Equal("", string.Concat(await LinesAsync("list_permissions", "-p", host)));
        await OutputAsync("set_vhost_tags", host, "c");
        Assert.Contains($"{host}\t[c]", await LinesAsync("list_vhosts", "name,tags"));
        Assert.Equal($"Starting tracing for vhost \"{host}\" ...\nTrace enabled for vhost {host}\n", await OutputAsync("trace_on", "-p", host));
        Assert.Contains($"{host}\ttrue", await LinesAsync("list_vhosts", "name", "tracing"));
        Assert.Equal($$"""{"node":"node@here","result":"ok","value":"Trace disabled for vhost {{host}}"}""" + "\n", await OutputAsync("trace_off", "-p", host, "--formatter", "json"));
        Assert.Equal($"Deleting vhost \"{host}\" ...\n", await OutputAsync("delete_vhost", host));
        await ToldAsync(told => !told.Contains(host, StringComparison.Ordinal), "list_vhosts");
        await FailsAsync(65, $"Virtual host '{host}' does not exist\n", "delete_vhost", host);
        await FailsAsync(65, "Error:\nVirtual host \"nowhere\" does not exist\n", "set_vhost_tags", "nowhere", "x");
    }

    [Fact]
    public async Task Limits_of_a_virtual_host_are_set_as_a_whole()
    {
        var host = await VirtualHostAsync();

        Assert.Equal(
            $"Setting vhost limits to \"{{\"max-connections\": 5, \"max-queues\": 7}}\" for vhost \"{host}\" ...\n",
            await OutputAsync("set_vhost_limits", "-p", host, """{"max-connections": 5, "max-queues": 7}"""));
        Assert.Equal($"Listing limits for vhost \"{host}\" ...\n{{\"max-connections\":5,\"max-queues\":7}}\n", await OutputAsync("list_vhost_limits", "-p", host));
        await OutputAsync("set_vhost_limits", "-p", host, """{"max-queues": 8}""");
        Assert.Contains($"{host}\t{{\"max-queues\":8}}", await LinesAsync("list_vhost_limits", "--global"));
        await OutputAsync("clear_vhost_limits", "-p", host);
        Assert.Equal($"Listing limits for vhost \"{host}\" ...\n\n", await OutputAsync("list_vhost_limits", "-p", host));
        await FailsAsync(69, "Error:\nParameter does not exist\n", "clear_vhost_limits", "-p", host);
        await FailsAsync(69, "Error:\nJSON decoding error. Reason: badarg\n", "set_vhost_limits", "-p", host, "five");
        await FailsAsync(65, "Virtual host 'nowhere' does not exist\n", "set_vhost_limits", "-p", "nowhere", """{"max-queues": 8}""");
    }

    [Fact]
    public async Task Limits_of_a_user_are_set_and_cleared()
    {
        var user = NewName("u");
        await OutputAsync("add_user", user, "secret");

        await OutputAsync("set_user_limits", user, """{"max-connections": 5}""");
        await OutputAsync("set_user_limits", user, """{"max-channels": 6}""");
        Assert.Equal($"Listing limits for user \"{user}\" ...\n{{\"max-connections\":5,\"max-channels\":6}}\n", await OutputAsync("list_user_limits", "--user", user));
        Assert.Contains($"{user}\t{{\"max-connections\":5,\"max-channels\":6}}", await LinesAsync("list_user_limits", "--global"));
        Assert.Equal($"Clearing \"max-channels\" limit for user \"{user}\" ...\n", await OutputAsync("clear_user_limits", user, "max-channels"));
        Assert.Equal(["{\"max-connections\":5}"], await LinesAsync("list_user_limits", "--user", user));
        await OutputAsync("clear_user_limits", user, "all");
        Assert.Equal(["{}"], await LinesAsync("list_user_limits", "--user", user));
        await FailsAsync(69, "Error:\n{:no_such_user, \"nobody\"}\n", "list_user_limits", "--user", "nobody");
    }

    [Fact]
    public async Task Policies_are_set_listed_in_their_order_and_cleared()
    {
        var host = await VirtualHostAsync();

        Assert.Equal(
            $"Setting policy \"p\" for pattern \"^a\" to \"{{\"max-length\":5}}\" with priority \"0\" for vhost \"{host}\" ...\n",
            await OutputAsync("set_policy", "-p", host, "p", "^a", """{"max-length":5}"""));
        await OutputAsync("set_policy", "-p", host, "--priority", "5", "--apply-to", "queues", "q", "^b", """{"message-ttl":1000, "max-length": 3}""");
        Assert.Equal(
            $"Listing policies for vhost \"{host}\" ...\nvhost\tname\tpattern\tapply-to\tdefinition\tpriority\n"
            + $"{host}\tp\t^a\tall\t{{\"max-length\":5}}\t0\n{host}\tq\t^b\tqueues\t{{\"max-length\":3,\"message-ttl\":1000}}\t5\n",
            await OutputAsync("list_policies", "-p", host));
        await OutputAsync("clear_policy", "-p", host, "p");
        await FailsAsync(69, "Error:\nParameter does not exist\n", "clear_policy", "-p", host, "p");
        await FailsAsync(65, "Virtual host 'nowhere' does not exist\n", "set_policy", "-p", "nowhere", "p", "^a", """{"max-length":5}""");
        await FailsAsync(69, "Error:\nJSON decoding error. Reason: badarg\n", "set_policy", "-p", host, "p", "^a", "bad");
        var refused = await TryAsync("set_policy", "-p", host, "p", "^a", """{"max-length":5}""", "--apply-to", "nothing");
        Assert.Equal(69, refused.ExitCode);
        Assert.StartsWith("Error:\nValidation failed\n\napply-to 'nothing' unrecognised; should be", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operators_policies_are_parameters_too()
    {
        var host = await VirtualHostAsync();

        Assert.StartsWith(
            "Setting operator policy override \"o\" for pattern \"^a\" to ",
            await OutputAsync("set_operator_policy", "-p", host, "o", "^a", """{"max-length":5}""", "--apply-to", "queues"), StringComparison.Ordinal);
        Assert.Equal([$"{host}\to\t^a\tqueues\t{{\"max-length\":5}}\t0"], await LinesAsync("list_operator_policies", "-p", host));
        Assert.StartsWith("operator_policy\to\t{\"pattern\":\"^a\"", Assert.Single(await LinesAsync("list_parameters", "-p", host)), StringComparison.Ordinal);
        await OutputAsync("clear_parameter", "-p", host, "operator_policy", "o");
        Assert.Empty(await LinesAsync("list_operator_policies", "-p", host));
        await FailsAsync(69, "Error:\nParameter does not exist\n", "clear_operator_policy", "-p", host, "o");
        await FailsAsync(69, "Error:\npolicies may not be set using this method\n", "set_parameter", "-p", host, "policy", "p", "{}");
        await FailsAsync(69, "Error:\nValidation failed\n\ncomponent none not found\n\n", "set_parameter", "-p", host, "none", "p", "{}");
    }
}
