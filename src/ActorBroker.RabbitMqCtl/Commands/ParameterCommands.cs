using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Formatting;
using ActorBroker.RabbitMqCtl.Invocation;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>Parameters of virtual hosts, and of all nodes together.</summary>
internal static class ParameterCommands
{
    private const string Policy = "policy";
    private const string Missing = "Parameter does not exist";

    public static IEnumerable<Command> All =>
    [
        new("set_parameter", HelpSection.Parameters, "set_parameter [--vhost <vhost>] <component_name> <name> <value>", "Sets a runtime parameter.")
        {
            Takes = (3, 3),
            Banner = static request =>
                $"Setting runtime parameter \"{request.Arguments[1]}\" for component \"{request.Arguments[0]}\" to \"{request.Arguments[2]}\" in vhost \"{request.VirtualHost}\" ...",
            Run = static async request =>
            {
                Refuse(request, "policies may not be set using this method");
                await request.PutAsync(PathOf(request), new JsonObject { ["value"] = JsonArgument.Of(request.Arguments[2]) }).ConfigureAwait(false);
                return new Outcome.Done();
            },
        },
        new("clear_parameter", HelpSection.Parameters, "clear_parameter [--vhost <vhost>] <component_name> <name>", "Clears a runtime parameter.")
        {
            Takes = (2, 2),
            Banner = static request =>
                $"Clearing runtime parameter \"{request.Arguments[1]}\" for component \"{request.Arguments[0]}\" on vhost \"{request.VirtualHost}\" ...",
            Run = static async request =>
            {
                Refuse(request, "policies may not be cleared using this method");
                return await request.RemoveAsync(PathOf(request)).ConfigureAwait(false) ? new Outcome.Done() : throw CommandFailedException.Of(ExitCodes.Unavailable, Missing);
            },
        },
        new("list_parameters", HelpSection.Parameters, "list_parameters [--vhost <vhost>] [--no-table-headers]", "Lists runtime parameters for a virtual host")
        {
            HasTimeout = true,
            IsDiagnostics = true,
            Formatter = FormatterKind.Table,
            Banner = static request => $"Listing runtime parameters for vhost \"{request.VirtualHost}\" ...",
            Run = static async request =>
            {
                _ = await request.FindAsync(ApiPath.Of("vhosts", request.VirtualHost)).ConfigureAwait(false) ?? throw CommandFailedException.NoVirtualHost(request.VirtualHost);
                var all = await request.Client.ListAsync(ApiPath.Of("parameters"), request.Ended).ConfigureAwait(false);
                return new Outcome.Rows(
                [
                    .. all.Where(item => (string?)item!["vhost"] == request.VirtualHost).Select(static item => new Row(
                        ("component", Term.Of(item!["component"])),
                        ("name", Term.Of(item["name"])),
                        ("value", Term.Of(TermJson.Write(item["value"]!))))),
                ],
                    IsWhole: true);
            },
        },
        new("set_global_parameter", HelpSection.Parameters, "set_global_parameter <name> <value>", "Sets a runtime parameter.")
        {
            Takes = (2, 2),
            Banner = static request => $"Setting global runtime parameter \"{request.Arguments[0]}\" to \"{request.Arguments[1]}\" ...",
            Run = static async request =>
            {
                var body = new JsonObject { ["name"] = request.Arguments[0], ["value"] = JsonArgument.Of(request.Arguments[1]) };
                await request.Client.PutAsync(GlobalPathOf(request), body, request.Ended).ConfigureAwait(false);
                return new Outcome.Done();
            },
        },
        new("clear_global_parameter", HelpSection.Parameters, "clear_global_parameter <name>", "Clears a global runtime parameter")
        {
            Takes = (1, 1),
            Banner = static request => $"Clearing global runtime parameter \"{request.Arguments[0]}\" ...",
            Run = static async request => await request.RemoveAsync(GlobalPathOf(request)).ConfigureAwait(false)
                ? new Outcome.Done()
                : throw CommandFailedException.Of(ExitCodes.Unavailable, Missing),
        },
        new("list_global_parameters", HelpSection.Parameters, "list_global_parameters [--no-table-headers]", "Lists global runtime parameters")
        {
            HasTimeout = true,
            IsDiagnostics = true,
            Formatter = FormatterKind.Table,
            Banner = static _ => "Listing global runtime parameters ...",
            Run = static async request =>
            {
                var all = await request.Client.ListAsync(ApiPath.Of("global-parameters"), request.Ended).ConfigureAwait(false);
                return new Outcome.Rows(
                    [.. all.Select(static item => new Row(("name", Term.Named(item!["name"])), ("value", Term.Of(item["value"] is { } value ? TermJson.Write(value) : "null"))))], IsWhole: true);
            },
        },
    ];

    private static ApiPath PathOf(Request request) => ApiPath.Of("parameters", request.Arguments[0], request.VirtualHost, request.Arguments[1]);

    private static ApiPath GlobalPathOf(Request request) => ApiPath.Of("global-parameters", request.Arguments[0]);

    private static void Refuse(Request request, string reason)
    {
        if (request.Arguments[0] == Policy)
        {
            throw CommandFailedException.Of(ExitCodes.Unavailable, reason);
        }
    }
}
