using ActorBroker.RabbitMqCtl.Arguments;
using ActorBroker.RabbitMqCtl.Invocation;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>Help, and the tool's version.</summary>
internal static class HelpCommands
{
    public static IEnumerable<Command> All =>
    [
        new("help", HelpSection.Help, "help (<command> | [--list-commands])", "Displays usage information for a command")
        {
            Takes = (0, 1),
            IsOffline = true,
            IsDiagnostics = true,
            Switches = [new("list-commands", SwitchKind.Flag)],
            Explanations = [("--list-commands", "only output a list of discovered commands")],
            Run = static request => Task.FromResult<Outcome>(new Outcome.Message(TextOf(request))),
        },
        new("version", HelpSection.Help, "version", "Displays CLI tools version")
        {
            IsOffline = true,
            IsDiagnostics = true,
            Run = static async request =>
            {
                var version = await BrokerVersion.OfAsync(request).ConfigureAwait(false);
                return new Outcome.Message(version, new System.Text.Json.Nodes.JsonObject { ["version"] = version });
            },
        },
    ];

    private static string TextOf(Request request)
    {
        var table = CommandTable.Of(request.Script);
        if (request.Arguments.Count == 0)
        {
            return request.Flag("list-commands") ? string.Join('\n', table.Keys.Order(StringComparer.Ordinal)) : HelpText.OfAll(request.Script, table);
        }

        return table.TryGetValue(request.Arguments[0], out var command)
            ? HelpText.Of(request.Script, command)
            : throw CommandFailedException.Of(ExitCodes.Usage, HelpText.OfUnknown(request.Script, table, request.Arguments[0], isShort: true));
    }
}
