using ActorBroker.CommandLine.Tests.Commands;
using Xunit;

namespace ActorBroker.CommandLine.Tests.RabbitMqCtl;

public sealed class UsageTests(BrokerFixture fixture) : CtlSpec(fixture)
{
    private const string Title = "\n\u001b[1mUsage\u001b[0m\n\n";

    [Theory]
    [InlineData(64, "not enough arguments.", "add_user <username> <password>", "add_user")]
    [InlineData(64, "too many arguments.", "add_user <username> <password>", "add_user", "a", "b", "c")]
    [InlineData(65, "Bad argument: user cannot be an empty string", "add_user <username> <password>", "add_user", "", "b")]
    [InlineData(65, "Bad argument: Argument must be a positive integer", "await_online_nodes <count> [--timeout <timeout>]", "await_online_nodes", "x")]
    [InlineData(64, "Info key(s) foo,nope are not supported", "list_exchanges [--vhost <vhost>] [--no-table-headers] [<column> ...] [--timeout <timeout>]", "list_exchanges", "nope", "foo")]
    [InlineData(64, "Invalid options for this command:\n--foo : ", "list_users [--no-table-headers] [--timeout <timeout>]", "list_users", "--foo")]
    [InlineData(64, "Invalid options for this command:\n-t : abc", "list_users [--no-table-headers] [--timeout <timeout>]", "list_users", "-t", "abc")]
    [InlineData(64, "\"No pid or pidfile specified\"", "wait [<pidfile>] [--pid|-P <pid>] [--timeout <timeout>]", "wait")]
    [InlineData(65, "Bad argument: Format should be either json or erlang", "export_definitions <file_path | \"-\"> [--format <json | erlang>] [--timeout <timeout>]", "export_definitions", "-", "--format", "yaml")]
    public async Task Wrong_arguments_are_refused_with_how_it_is_written(int exitCode, string problem, string usage, params string[] words) =>
        await FailsAsync(
            exitCode,
            $"Error (argument validation): {problem}\nArguments given:\n\t-n node@here {string.Join(' ', words)}\n{Title}rabbitmqctl [--node <node>] [--longnames] [--quiet] {usage}\n",
            words);

    [Fact]
    public async Task An_unknown_command_is_told_and_one_that_is_like_it_is_suggested()
    {
        await FailsAsync(64, "\nCommand 'list_queuess' not found. \nDid you mean 'list_queues'? \n\n", "list_queuess");
        await FailsAsync(64, "Error:\n\nCommand 'nosuch' not found.\n", "help", "nosuch");
        var unknown = await TryAsync("nosuch");
        Assert.Equal(64, unknown.ExitCode);
        Assert.StartsWith($"\nCommand 'nosuch' not found. \n{Title}rabbitmqctl [--node <node>] ", unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_is_an_error_only_for_those_who_did_not_ask_for_it()
    {
        var asked = await CtlRun.OfAsync("rabbitmqctl", ["--help"]);
        var silent = await CtlRun.OfAsync("rabbitmqctl", []);
        var one = await CtlRun.OfAsync("rabbitmqctl", ["list_queues", "--help"]);
        var other = await CtlRun.OfAsync("rabbitmq-diagnostics", ["--help"]);

        Assert.Equal((0, ""), (asked.ExitCode, asked.Errors));
        Assert.Contains("\n   set_permissions ", asked.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\n   check_running ", asked.Output, StringComparison.Ordinal);
        Assert.Contains("\n   check_running ", other.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\n   add_user ", other.Output, StringComparison.Ordinal);
        Assert.Equal((64, "", asked.Output), (silent.ExitCode, silent.Output, silent.Errors));
        Assert.Equal(0, one.ExitCode);
        Assert.StartsWith($"{Title}rabbitmqctl [--node <node>] [--longnames] [--quiet] list_queues ", one.Output, StringComparison.Ordinal);
        Assert.Contains("\n<column>\n\tmust be one of arguments, auto_delete, ", one.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eval", "rabbit_alarm:get_alarms().")]
    [InlineData("join_cluster", "rabbit@other")]
    [InlineData("stop")]
    public async Task What_has_no_meaning_here_is_refused_by_its_reason(params string[] words)
    {
        var run = await TryAsync(words);
        Assert.Equal((69, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"Error:\n'{words[0]}' is not supported by ActorBroker: ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        var user = NewName("u");
        Assert.Equal($"Adding user \"{user}\" ...\n", await OutputAsync("add_user", user, "secret", "--dry-run"));
        await FailsAsync(67, $"Error:\nUser \"{user}\" does not exist\n", "delete_user", user);
    }
}
