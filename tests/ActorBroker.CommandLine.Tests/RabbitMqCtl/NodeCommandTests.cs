using System.Net;
using System.Net.Sockets;
using ActorBroker.CommandLine.Tests.Commands;
using Xunit;

namespace ActorBroker.CommandLine.Tests.RabbitMqCtl;

public sealed class NodeCommandTests(BrokerFixture fixture) : CtlSpec(fixture)
{
    [Fact]
    public async Task A_broker_that_answers_is_up()
    {
        Assert.Equal(
            "Will ping node@here. This only checks if the OS process is running and registered with epmd. Timeout: 60000 ms.\nPing succeeded\n", await OutputAsync("ping"));
        Assert.Equal("""{"message":"Ping succeeded"}""" + "\n", await OutputAsync("ping", "--formatter", "json"));
        Assert.Equal("", await OutputAsync("await_startup"));
        Assert.Equal("", await OutputAsync("await_startup", "-t", "5"));
        Assert.Equal("Will wait for at least 1 nodes to join the cluster of node@here. Timeout: 300 seconds.\n", await OutputAsync("await_online_nodes", "1"));
        Assert.Equal("Starting node node@here ...\n", await OutputAsync("start_app"));
        Assert.EndsWith("Checking health of node node@here ...\nHealth check passed\n", await OutputAsync("node_health_check"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_runs_is_not_emptied_and_one_in_another_program_is_not_stopped()
    {
        foreach (var command in (string[])["reset", "force_reset"])
        {
            var run = await TryAsync(command);
            Assert.Equal(64, run.ExitCode);
            Assert.StartsWith(
                $"Error: this command requires the 'rabbit' app to be stopped on the target node. Stop it with 'rabbitmqctl stop_app'.\nArguments given:\n\t-n node@here {command}\n",
                run.Errors, StringComparison.Ordinal);
        }

        await FailsAsync(69, "Error:\nthe node runs inside another program, which starts and stops it\n", "stop_app");
    }

    [Fact]
    public async Task Too_few_nodes_within_the_time_is_a_temporary_failure() =>
        await FailsAsync(75, "Error: operation await_online_nodes on node node@here timed out. Timeout value used: 1000\n", "await_online_nodes", "1000", "-t", "1");

    [Fact]
    public async Task The_state_of_a_node_and_of_its_cluster_has_sections_and_members_of_rabbitmq()
    {
        var status = await OutputAsync("status");
        Assert.StartsWith("Status of node node@here ...\n\u001b[1mRuntime\u001b[0m\n\nOS PID: ", status, StringComparison.Ordinal);
        Assert.Matches("(?m)^RabbitMQ version: \\d+\\.\\d+\\.\\d+$", status);
        Assert.Matches("(?m)^Total memory used: [\\d.]+ gb$", status);
        Assert.Matches("(?m)^Virtual host count: [1-9]\\d*$", status);
        Assert.Contains($"\n\n\u001b[1mListeners\u001b[0m\n\nInterface: 127.0.0.1, port: {Fixture.Amqp.Port}, protocol: amqp, purpose: AMQP 0-9-1 and AMQP 1.0\n", status, StringComparison.Ordinal);
        Assert.Contains(" mb\n", await OutputAsync("status", "--unit", "mb"), StringComparison.Ordinal);
        var json = (await TryAsync("status", "--formatter", "json")).Json;
        Assert.Equal(Environment.ProcessId, (int?)json["pid"]);
        Assert.Equal(Fixture.Amqp.Port, (int?)json["listeners"]![0]!["port"]);
        Assert.Equal(64, (await TryAsync("status", "--unit", "stone")).ExitCode);

        var cluster = await OutputAsync("cluster_status");
        Assert.StartsWith("Cluster status of node node@here ...\n\u001b[1mBasics\u001b[0m\n\nCluster name: ", cluster, StringComparison.Ordinal);
        Assert.Contains("\n\n\u001b[1mNetwork Partitions\u001b[0m\n\n(none)\n", cluster, StringComparison.Ordinal);
        Assert.Single((await TryAsync("cluster_status", "--formatter", "json")).Json["running_nodes"]!.AsArray());

        Assert.StartsWith("Application environment of node node@here ...\n[{actorbroker,[", await OutputAsync("environment"), StringComparison.Ordinal);
        Assert.Matches("^\\d+\\.\\d+\\.\\d+\n$", await OutputAsync("version"));
    }

    [Fact]
    public async Task Without_a_node_given_it_is_the_one_that_answers()
    {
        var run = await CtlRun.OfAsync("rabbitmqctl", ["status"], new Dictionary<string, string> { ["ACTORBROKER_URL"] = Fixture.Url });
        var name = run.Output.Split('\n')[0]["Status of node ".Length..^" ...".Length];

        Assert.Contains($"\nNode name: {name}\n", run.Output, StringComparison.Ordinal);
        Assert.Contains($"Node: {name}, status: not under maintenance\n", await OutputAsync("cluster_status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checks_of_health_say_so_in_words_in_json_and_by_their_code()
    {
        var port = Fixture.Amqp.Port;
        await PassesAsync("Checking if RabbitMQ is running on node node@here ...\nRabbitMQ on node node@here is fully booted and running\n", "check_running");
        await PassesAsync($"Successfully connected to ports {port} on node node@here.\n", "-q", "check_port_connectivity");
        await PassesAsync("Node node@here reported no alarms, local or clusterwide\n", "-q", "check_alarms");
        await PassesAsync("Node node@here reported no local alarms\n", "-q", "check_local_alarms");
        await PassesAsync("", "-s", "check_local_alarms");
        await PassesAsync("""{"result":"ok"}""" + "\n", "check_alarms", "--formatter", "json");
        await PassesAsync("Node node@here reported no alarms, local or clusterwide\n", "-q", "alarms");
        await PassesAsync($"A listener for port {port} is running on node node@here.\n", "-q", "check_port_listener", $"{port}");
        await PassesAsync("A listener for protocol amqp is running on node node@here.\n", "-q", "check_protocol_listener", "amqp091");
        await PassesAsync("Node node@here reported all vhosts as running\n", "-q", "check_virtual_hosts");
        await PassesAsync("""{"message":"RabbitMQ on node node@here is fully booted and running","result":true}""" + "\n", "is_running", "--formatter", "json");
        await PassesAsync($"Interface: 127.0.0.1, port: {port}, protocol: amqp, purpose: AMQP 0-9-1 and AMQP 1.0\n", "-q", "listeners");
        await PassesAsync("Ping succeeded\n", "-q", "ping");

        var noPort = await DiagnoseAsync("-q", "check_port_listener", "1");
        Assert.Equal(
            (69, "", $"No listener for port 1 is active on node node@here. Found listeners that use the following ports: {port}\n"), (noPort.ExitCode, noPort.Output, noPort.Errors));
        var noProtocol = await DiagnoseAsync("-q", "check_protocol_listener", "mqtts");
        Assert.Equal(
            (69, "Error:\nNo listener for protocol mqtt/ssl is active on node node@here. Found listeners for the following protocols: amqp\n"),
            (noProtocol.ExitCode, noProtocol.Errors));
        Assert.Equal(64, (await TryAsync("check_running")).ExitCode);
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_is_unavailable_and_where_it_was_looked_for_is_said()
    {
        var port = FreePort();
        var run = await CtlRun.OfAsync("rabbitmqctl", ["list_queues"], new Dictionary<string, string> { ["ACTORBROKER_URL"] = $"127.0.0.1:{port}" });

        Assert.Equal((69, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("Error: unable to perform an operation on node 'rabbit@", run.Errors, StringComparison.Ordinal);
        Assert.Contains($"http://127.0.0.1:{port}", run.Errors, StringComparison.Ordinal);
        Assert.Contains("ACTORBROKER_URL", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Startup_is_awaited_until_the_time_is_over()
    {
        var run = await CtlRun.OfAsync("rabbitmqctl", ["-n", Node, "await_startup", "-t", "1"], new Dictionary<string, string> { ["ACTORBROKER_URL"] = $"127.0.0.1:{FreePort()}" });
        Assert.Equal((75, "Error: operation await_startup on node node@here timed out. Timeout value used: 1000\n"), (run.ExitCode, run.Errors));
    }

    [Fact]
    public async Task A_process_is_waited_for_by_its_number_or_a_file_with_it()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"{Environment.ProcessId}\n");

        Assert.Equal(
            $"""
            Waiting for pid file '{file}' to appear
            pid is {Environment.ProcessId}
            Waiting for erlang distribution on node 'node@here' while OS process '{Environment.ProcessId}' is running
            Waiting for applications 'rabbit_and_plugins' to start on node 'node@here'
            Applications 'rabbit_and_plugins' are running on node 'node@here'

            """, await OutputAsync("wait", file));
        Assert.Equal("", await OutputAsync("-q", "wait", "--pid", $"{Environment.ProcessId}"));
        await FailsAsync(69, "Error:\nprocess_not_running\n", "wait", "-P", $"{int.MaxValue}");
        Assert.Equal(64, (await TryAsync("wait")).ExitCode);
        File.Delete(file);
    }

    [Fact]
    public async Task A_user_who_may_not_is_told_which_user_it_was()
    {
        var variables = new Dictionary<string, string> { ["ACTORBROKER_URL"] = Fixture.Url, ["RABBITMQ_DEFAULT_USER"] = "someone", ["RABBITMQ_DEFAULT_PASS"] = "wrong" };
        var run = await CtlRun.OfAsync("rabbitmqctl", ["list_users"], variables);

        Assert.Equal(69, run.ExitCode);
        Assert.StartsWith("Error:\nLogin failed: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("(user 'someone')", run.Errors, StringComparison.Ordinal);
    }

    private async Task PassesAsync(string output, params string[] words)
    {
        var run = await DiagnoseAsync(words);
        Assert.Equal((0, output, ""), (run.ExitCode, run.Output, run.Errors));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
