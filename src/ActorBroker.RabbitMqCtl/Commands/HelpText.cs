using System.Text;
using ActorBroker.RabbitMqCtl.Invocation;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>What help says, of one command and of all.</summary>
internal static class HelpText
{
    // Commands more alike than this are taken for each other.
    private const double AlikeMin = 0.77;

    /// <summary>How a command is written.</summary>
    public static string UsageOf(string script, Command command) =>
        $"\n{Bright("Usage")}\n\n{script} [--node <node>] [--longnames] [--quiet] {command.Usage}{(command.HasTimeout ? " [--timeout <timeout>]" : "")}";

    /// <summary>All about a command.</summary>
    public static string Of(string script, Command command)
    {
        List<string> parts = [UsageOf(script, command), command.Description + ".\n"];
        if (command.Explanations.Count > 0)
        {
            parts.Add($"{Bright("Arguments and Options")}\n{string.Concat(command.Explanations.Select(static one => $"{one.Term}\n\t{one.Explanation}\n"))}");
        }

        parts.Add(
            $"""
            {Bright("General Options")}

            The following options are accepted by most or all commands.

            short            | long          | description
            -----------------|---------------|--------------------------------
            -?               | --help        | displays command help
            -n <node>        | --node <node> | node that is meant, where it matters
            -t               | --timeout <n> | for commands that support it, operation timeout in seconds
            -q               | --quiet       | suppress informational messages
            -s               | --silent      | suppress informational messages
                                             | and table header row
            -p               | --vhost       | for commands that are scoped to a virtual host,
                             |               | virtual host to use
                             | --formatter   | alternative result formatter to use
                                             | if supported: json, pretty_table, table, csv, erlang

            The broker is asked by its management API: {BrokerAddress.UrlVariable} (http://localhost:15672 where it is not set),
            {BrokerAddress.UserVariable}, {BrokerAddress.PasswordVariable} and {BrokerAddress.AuthorityVariable} say where and as whom.
            """);
        return string.Join("\n\n", parts) + "\n";
    }

    /// <summary>Which commands there are.</summary>
    public static string OfAll(string script, IReadOnlyDictionary<string, Command> table)
    {
        var width = table.Keys.Max(static name => name.Length);
        var text = new StringBuilder();
        text.Append('\n').Append(Bright("Usage")).Append("\n\n")
            .Append(script).Append(" [--node <node>] [--timeout <timeout>] [--longnames] [--quiet] <command> [<command options>]\n\nAvailable commands:\n");
        foreach (var section in table.Values.GroupBy(static command => command.Section).OrderBy(static section => section.Key))
        {
            text.Append('\n').Append(Bright(TitleOf(section.Key))).Append(":\n\n");
            foreach (var command in section.OrderBy(static command => command.Name, StringComparer.Ordinal))
            {
                text.Append("   ").Append(command.Name.PadRight(width)).Append("  ").Append(command.Description).Append('\n');
            }
        }

        return text.Append("\nUse '").Append(script).Append(" help <command>' to learn more about a specific command").ToString();
    }

    /// <summary>A command that does not exist.</summary>
    public static string OfUnknown(string script, IReadOnlyDictionary<string, Command> table, string name, bool isShort = false)
    {
        var (nearest, likeness) = table.Keys.Select(known => (known, Likeness.Of(known, name))).MaxBy(static one => one.Item2);
        return likeness >= AlikeMin ? $"\nCommand '{name}' not found. \nDid you mean '{nearest}'? \n"
            : isShort ? $"\nCommand '{name}' not found."
            : $"\nCommand '{name}' not found. \n{OfAll(script, table)}";
    }

    private static string Bright(string text) => $"\u001b[1m{text}\u001b[0m";

    private static string TitleOf(HelpSection section) => section switch
    {
        HelpSection.Access => "Access Control",
        HelpSection.Monitoring => "Monitoring, observability and health checks",
        HelpSection.VirtualHosts => "Virtual hosts",
        HelpSection.Configuration => "Configuration and Environment",
        HelpSection.FeatureFlags => "Feature flags",
        _ => section.ToString(),
    };
}
