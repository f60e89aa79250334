using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Arguments;
using ActorBroker.RabbitMqCtl.Formatting;
using ActorBroker.RabbitMqCtl.Invocation;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>How much virtual hosts and users may have open.</summary>
internal static class LimitCommands
{
    private const string OfVirtualHosts = "vhost-limits";
    private const string OfUsers = "user-limits";

    public static IEnumerable<Command> All =>
    [
        new("set_vhost_limits", HelpSection.VirtualHosts, "set_vhost_limits [--vhost <vhost>] <definition>", "Sets virtual host limits")
        {
            Takes = (1, 1),
            Explanations = [("<definition>", "Limit definitions, must be a valid JSON document")],
            Banner = static request => $"Setting vhost limits to \"{request.Arguments[0]}\" for vhost \"{request.VirtualHost}\" ...",
            Run = static async request =>
            {
                await DemandVirtualHostAsync(request).ConfigureAwait(false);
                return await SetAsync(request, OfVirtualHosts, request.VirtualHost, JsonArgument.ObjectOf(request.Arguments[0]), isWhole: true).ConfigureAwait(false);
            },
        },
        new("clear_vhost_limits", HelpSection.VirtualHosts, "clear_vhost_limits [--vhost <vhost>]", "Clears virtual host limits")
        {
            Banner = static request => $"Clearing vhost \"{request.VirtualHost}\" limits ...",
            Run = static async request =>
            {
                await DemandVirtualHostAsync(request).ConfigureAwait(false);
                var limits = await OfAsync(request, OfVirtualHosts, request.VirtualHost).ConfigureAwait(false);
                return limits.Count == 0
                    ? throw CommandFailedException.Of(ExitCodes.Unavailable, "Parameter does not exist")
                    : await SetAsync(request, OfVirtualHosts, request.VirtualHost, [], isWhole: true).ConfigureAwait(false);
            },
        },
        new("list_vhost_limits", HelpSection.VirtualHosts, "list_vhost_limits [--vhost <vhost>] [--global] [--no-table-headers]", "Displays configured virtual host limits")
        {
            IsDiagnostics = true,
            Switches = [new("global", SwitchKind.Flag)],
            Formatter = FormatterKind.Table,
            Banner = static request => request.Flag("global") ? "Listing limits for all vhosts ..." : $"Listing limits for vhost \"{request.VirtualHost}\" ...",
            Run = static async request => request.Flag("global")
                ? await ListAsync(request, OfVirtualHosts, "vhost").ConfigureAwait(false)
                : TextOf(await OfAsync(request, OfVirtualHosts, request.VirtualHost).ConfigureAwait(false), isEmptyShown: false),
        },
        new("set_user_limits", HelpSection.Users, "set_user_limits <username> <definition>", "Sets user limits")
        {
            Takes = (2, 2),
            Explanations = [("<definition>", "Limit definitions as a JSON document")],
            Banner = static request => $"Setting user limits to \"{request.Arguments[1]}\" for user \"{request.Arguments[0]}\" ...",
            Run = static async request =>
            {
                await request.DemandUserAsync(request.Arguments[0]).ConfigureAwait(false);
                return await SetAsync(request, OfUsers, request.Arguments[0], JsonArgument.ObjectOf(request.Arguments[1]), isWhole: false).ConfigureAwait(false);
            },
        },
        new("clear_user_limits", HelpSection.Users, "clear_user_limits <username> <limit_type> | all", "Clears user connection/channel limits")
        {
            Takes = (2, 2),
            Explanations = [("<limit_type>", "Limit type, must be max-connections or max-channels")],
            Banner = static request => request.Arguments[1] == "all"
                ? $"Clearing all limits for user \"{request.Arguments[0]}\" ..."
                : $"Clearing \"{request.Arguments[1]}\" limit for user \"{request.Arguments[0]}\" ...",
            Run = ClearOfUserAsync,
        },
        new("list_user_limits", HelpSection.Users, "list_user_limits [--user <username>] [--global]", "Displays configured user limits")
        {
            IsDiagnostics = true,
            Switches = [new("global", SwitchKind.Flag), new("user", SwitchKind.Text)],
            Formatter = FormatterKind.Table,
            Banner = static request => request.Flag("global") ? "Listing limits for all users ..." : $"Listing limits for user \"{UserOf(request)}\" ...",
            Run = ListOfUserAsync,
        },
    ];

    private static string UserOf(Request request) => request.Text("user") ?? "guest";

    private static async Task DemandVirtualHostAsync(Request request) =>
        _ = await request.FindAsync(ApiPath.Of("vhosts", request.VirtualHost)).ConfigureAwait(false) ?? throw CommandFailedException.NoVirtualHost(request.VirtualHost);

    private static async Task<JsonObject> OfAsync(Request request, string kind, string name)
    {
        var all = await request.ListAsync(ApiPath.Of(kind, name)).ConfigureAwait(false);
        return all.Count == 0 ? [] : all[0]!["value"] as JsonObject ?? [];
    }

    // A definition of a virtual host's limits is all of them; one of a user's is added to what there is.
    private static async Task<Outcome> SetAsync(Request request, string kind, string name, JsonObject definition, bool isWhole)
    {
        foreach (var (limit, value) in definition)
        {
            await request.Client.PutAsync(ApiPath.Of(kind, name, limit), new JsonObject { ["value"] = value?.DeepClone() }, request.Ended).ConfigureAwait(false);
        }

        if (isWhole)
        {
            foreach (var (limit, _) in await OfAsync(request, kind, name).ConfigureAwait(false))
            {
                if (!definition.ContainsKey(limit))
                {
                    await request.Client.DeleteAsync(ApiPath.Of(kind, name, limit), null, request.Ended).ConfigureAwait(false);
                }
            }
        }

        return new Outcome.Done();
    }

    private static async Task<Outcome> ClearOfUserAsync(Request request)
    {
        var (name, limit) = (request.Arguments[0], request.Arguments[1]);
        await request.DemandUserAsync(name).ConfigureAwait(false);
        string[] limits = limit == "all" ? ["max-connections", "max-channels"] : [limit];
        foreach (var one in limits)
        {
            await request.Client.DeleteAsync(ApiPath.Of(OfUsers, name, one), null, request.Ended).ConfigureAwait(false);
        }

        return new Outcome.Done();
    }

    private static async Task<Outcome> ListAsync(Request request, string kind, string column)
    {
        var all = await request.Client.ListAsync(ApiPath.Of(kind), request.Ended).ConfigureAwait(false);
        return new Outcome.Rows([.. all.Select(item => new Row((column, Term.Of(item![column])), ("limits", Term.Of(item["value"]!.ToJsonString()))))], IsWhole: true);
    }

    private static async Task<Outcome> ListOfUserAsync(Request request)
    {
        if (request.Flag("global"))
        {
            return await ListAsync(request, OfUsers, "user").ConfigureAwait(false);
        }

        await request.DemandUserAsync(UserOf(request)).ConfigureAwait(false);
        return TextOf(await OfAsync(request, OfUsers, UserOf(request)).ConfigureAwait(false), isEmptyShown: true);
    }

    private static Outcome TextOf(JsonObject limits, bool isEmptyShown) =>
        limits.Count == 0 && !isEmptyShown ? new Outcome.Rows([], IsWhole: true) : new Outcome.Answer(limits.ToJsonString());
}
