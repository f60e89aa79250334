using Xunit;

namespace ActorBroker.CommandLine.Tests.Commands;

public sealed class AccessTests(BrokerFixture fixture) : CommandSpec(fixture)
{
    [Fact]
    public async Task A_user_is_added_with_a_password_from_the_input_changed_and_deleted()
    {
        var user = $"u{Guid.NewGuid():N}";

        await RunOnAsync("first\nmore", "users", "add", user, "--tags", "management");
        await RunAsync("status", "--user", user, "--password", "first");
        Assert.Contains("is there already", await FailAsync(ExitCodes.Failed, "users", "add", user, "--new-password", "x"), StringComparison.Ordinal);
        await RunAsync("users", "set-tags", user, "--tags", "monitoring,policymaker");
        await RunAsync("status", "--user", user, "--password", "first");
        await RunAsync("users", "set-password", user, "--new-password", "second");
        await FailAsync(ExitCodes.NotAuthorised, "status", "--user", user, "--password", "first");
        await RunAsync("status", "--user", user, "--password", "second");
        Assert.Matches($@"(?m)^{user} +monitoring,policymaker ", (await RunAsync("users", "list")).Output);
        await RunAsync("users", "limit", user, "max-connections", "3");
        Assert.Contains("""{"max-connections":3}""", (await RunAsync("users", "list", "--match", user)).Output, StringComparison.Ordinal);
        await RunAsync("users", "delete", user);

        await FailAsync(ExitCodes.NotFound, "users", "set-tags", user, "--tags", "");
        Assert.Contains("the new password is empty", await FailAsync(ExitCodes.Misused, "users", "add", user), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_may_do_what_its_permissions_say()
    {
        var (host, user) = (await VirtualHostAsync(), $"u{Guid.NewGuid():N}");
        await RunAsync("users", "add", user, "--new-password", "p", "--tags", "management");
        string[] declare = ["queues", "declare", "a1", "--vhost", host, "--user", user, "--password", "p"];

        Assert.Contains("not authorised to access virtual host", await FailAsync(ExitCodes.NotAuthorised, declare), StringComparison.Ordinal);
        await RunAsync("permissions", "set", user, "^a", "^$", ".*", "--vhost", host);
        await RunAsync(declare);
        Assert.Matches($@"(?m)^{host} +{user} +\^a +\^\$ +\.\*", (await RunAsync("permissions", "list", "--vhost", host)).Output);
        await RunAsync("permissions", "topics", "set", user, "amq.topic", "^w", "^r", "--vhost", host);
        Assert.Matches($@"(?m)^{host} +{user} +amq\.topic +\^w +\^r", (await RunAsync("permissions", "topics", "list", "--vhost", host)).Output);
        await RunAsync("permissions", "topics", "clear", user, "--exchange", "amq.topic", "--vhost", host);
        await RunAsync("permissions", "clear", user, "--vhost", host);

        await FailAsync(ExitCodes.NotAuthorised, declare);
        await FailAsync(ExitCodes.NotFound, "permissions", "clear", user, "--vhost", host);
    }

    [Fact]
    public async Task A_virtual_host_is_described_limited_traced_and_deleted()
    {
        var host = $"v{Guid.NewGuid():N}";

        Assert.EndsWith("added\n", (await RunAsync("vhosts", "add", host, "--description", "for tests", "--tags", "a,b", "--default-queue-type", "quorum")).Output, StringComparison.Ordinal);
        Assert.EndsWith("changed\n", (await RunAsync("vhosts", "add", host, "--description", "for more")).Output, StringComparison.Ordinal);
        Assert.Matches($@"(?m)^{host} +for more +a,b +quorum", (await RunAsync("vhosts", "list")).Output);
        await RunAsync("vhosts", "limit", host, "max-queues", "1");
        await RunAsync("queues", "declare", "q1", "--vhost", host);
        Assert.Contains("queue limit", await FailAsync(ExitCodes.Failed, "queues", "declare", "q2", "--vhost", host), StringComparison.Ordinal);
        await RunAsync("vhosts", "limit", host, "max-queues", "-1");
        await RunAsync("queues", "declare", "q2", "--vhost", host);
        await RunAsync("vhosts", "trace", host);
        Assert.True((bool)(await RunAsync("vhosts", "list", "--match", host, "--json")).Json[0]!["tracing"]!);
        await RunAsync("vhosts", "trace", host, "--off");
        await RunAsync("vhosts", "delete", host);

        await FailAsync(ExitCodes.NotFound, "vhosts", "delete", host);
        await FailAsync(ExitCodes.NotFound, "vhosts", "trace", host);
    }

    [Fact]
    public async Task A_policy_is_set_in_force_and_taken_away()
    {
        var host = await VirtualHostAsync();
        await RunAsync("queues", "declare", "q", "--vhost", host);

        await RunAsync("policies", "set", "p", "^q", """{"max-length":5}""", "--apply-to", "queues", "--priority", "3", "--vhost", host);
        await RunAsync("operator-policies", "set", "o", ".*", """{"max-length":4}""", "--vhost", host);

        Assert.Matches($@"(?m)^{host} +p +\^q +queues +3 +\{{""max-length"":5\}}", (await RunAsync("policies", "list", "--vhost", host)).Output);
        var queue = await ToldAsync(static told => (string?)told.Json["operator_policy"] == "o", "queues", "show", "q", "--vhost", host, "--json");
        Assert.Equal(("p", 4), ((string?)queue.Json["policy"], (int)queue.Json["effective_policy_definition"]!["max-length"]!));
        await RunAsync("policies", "delete", "p", "--vhost", host);
        await FailAsync(ExitCodes.NotFound, "policies", "delete", "p", "--vhost", host);
        Assert.Contains("not JSON", await FailAsync(ExitCodes.Misused, "policies", "set", "p", ".*", "max-length=5", "--vhost", host), StringComparison.Ordinal);
        await FailAsync(ExitCodes.Failed, "policies", "set", "p", ".*", """{"no-such-key":5}""", "--vhost", host);
    }
}
