using System.Net;
using System.Net.Sockets;
using Xunit;

namespace ActorBroker.CommandLine.Tests.Commands;

public sealed class StatusTests(BrokerFixture fixture) : CommandSpec(fixture)
{
    [Fact]
    public async Task The_status_names_versions_totals_and_nodes()
    {
        var told = await RunAsync("status");

        Assert.Matches(@"(?m)^version +\d", told.Output);
        Assert.Matches(@"(?m)^queues +\d", told.Output);
        Assert.Contains("memory limit", told.Output, StringComparison.Ordinal);
        var json = (await RunAsync("status", "--json")).Json;
        Assert.NotNull(json["overview"]!["object_totals"]!["queues"]);
        Assert.True((bool)Assert.Single(json["nodes"]!.AsArray())!["running"]!);
    }

    [Fact]
    public async Task Who_may_not_see_nodes_sees_the_rest()
    {
        var user = $"u{Guid.NewGuid():N}";
        await RunAsync("users", "add", user, "--new-password", "p", "--tags", "management");

        var told = await RunAsync("status", "--json", "--user", user, "--password", "p");

        Assert.NotNull(told.Json["overview"]!["actorbroker_version"]);
        Assert.Null(told.Json["nodes"]);
    }

    [Fact]
    public async Task Whoever_is_not_let_in_is_told_as_whom_it_was_tried()
    {
        var answer = await FailAsync(ExitCodes.NotAuthorised, "status", "--user", "guest", "--password", "wrong");

        Assert.Contains("Login failed", answer, StringComparison.Ordinal);
        Assert.Contains("as user guest", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_is_said_to_need_its_API_turned_on()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var run = await CommandRun.OfAsync(["status", "--url", $"http://{nobody.LocalEndPoint}"]);

        Assert.Equal((ExitCodes.Unreachable, ""), (run.ExitCode, run.Output));
        Assert.Contains($"cannot reach the management API at http://{nobody.LocalEndPoint}/", run.Errors, StringComparison.Ordinal);
        Assert.Contains("actorbroker.listeners.http.enabled", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not an address", "--url", "ftp://localhost")]
    [InlineData("no password for user alice", "--user", "alice")]
    [InlineData("--timeout", "--timeout", "0")]
    [InlineData("cannot read the certificates", "--ca-file", "none.pem")]
    public async Task Options_that_make_no_sense_are_refused(string reason, string option, string value)
    {
        var run = await CommandRun.OfAsync(["status", option, value]);

        Assert.Equal((ExitCodes.Misused, ""), (run.ExitCode, run.Output));
        Assert.Contains(reason, run.Errors.Replace("is not the address", "not an address", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_given_is_taken_from_the_environment()
    {
        var host = await VirtualHostAsync();
        await RunAsync("queues", "declare", "q", "--vhost", host);
        var variables = new Dictionary<string, string>
        {
            ["ACTORBROKER_URL"] = Fixture.Url, ["ACTORBROKER_USER"] = "guest", ["ACTORBROKER_PASSWORD"] = "guest", ["ACTORBROKER_VHOST"] = host,
        };

        var told = await CommandRun.OfAsync(["queues", "list", "--json"], variables: variables);

        Assert.Equal("q", (string?)Assert.Single(told.Json.AsArray())!["name"]);
    }
}
