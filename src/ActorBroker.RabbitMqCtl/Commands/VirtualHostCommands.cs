using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Arguments;
using ActorBroker.RabbitMqCtl.Formatting;
using ActorBroker.RabbitMqCtl.Invocation;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>Virtual hosts.</summary>
internal static class VirtualHostCommands
{
    private static readonly Columns Columns = new(
        "name", "description", "tags", "default_queue_type", "tracing", "cluster_state")
    {
        ["tags"] = static (item, _) => new Term.Items([.. (item["tags"] as JsonArray ?? []).Select(static tag => Term.Named(tag))]),
        ["cluster_state"] = static (item, _) => new Term.Items(
            [.. (item["cluster_state"] as JsonObject ?? []).Select(static state => new Term.Atom($"{{{state.Key}, {state.Value}}}"))]),
    };

    public static IEnumerable<Command> All =>
    [
        new("add_vhost", HelpSection.VirtualHosts, "add_vhost <vhost> [--description <description> --tags \"<tag1>,<tag2>,<...>\" --default-queue-type <quorum|classic|stream>]", "Creates a virtual host")
        {
            Takes = (1, 1),
            Switches = [new("description", SwitchKind.Text, 'd'), new("tags", SwitchKind.Text), new("default-queue-type", SwitchKind.Text)],
            Explanations =
            [
                ("<vhost>", "Virtual host name"),
                ("--description <description>", "Virtual host description"),
                ("--tags <tags>", "Comma separated list of tags"),
                ("--default-queue-type <quorum|classic|stream>", "Queue type to use if no type is explicitly provided by the client"),
            ],
            Banner = static request => $"Adding vhost \"{request.Arguments[0]}\" ...",
            Run = AddAsync,
        },
        new("delete_vhost", HelpSection.VirtualHosts, "delete_vhost <vhost>", "Deletes a virtual host")
        {
            Takes = (1, 1),
            Banner = static request => $"Deleting vhost \"{request.Arguments[0]}\" ...",
            Run = static async request => await request.RemoveAsync(ApiPath.Of("vhosts", request.Arguments[0])).ConfigureAwait(false)
                ? new Outcome.Done()
                : throw CommandFailedException.NoVirtualHost(request.Arguments[0]),
        },
        new("list_vhosts", HelpSection.VirtualHosts, "list_vhosts [--no-table-headers] [<column> ...]", "Lists virtual hosts")
        {
            Takes = (0, int.MaxValue),
            HasTimeout = true,
            IsDiagnostics = true,
            Formatter = FormatterKind.Table,
            Explanations = [Columns.Explanation],
            Check = static request => Columns.Of(request, "name"),
            Banner = static _ => "Listing vhosts ...",
            Run = static async request =>
            {
                var columns = Columns.Of(request, "name");
                var items = await request.Client.ListAsync(ApiPath.Of("vhosts"), request.Ended).ConfigureAwait(false);
                return new Outcome.Rows([.. items.Select(item => Columns.RowOf(request, item!.AsObject(), columns))], IsWhole: true);
            },
        },
        new("set_vhost_tags", HelpSection.VirtualHosts, "set_vhost_tags <vhost> <tag> [...]", "Sets virtual host tags")
        {
            Takes = (1, int.MaxValue),
            Banner = static request => $"Setting tags for virtual host \"{request.Arguments[0]}\" to [{string.Join(", ", request.Arguments.Skip(1))}] ...",
            Run = SetTagsAsync,
        },
        new("restart_vhost", HelpSection.VirtualHosts, "restart_vhost [--vhost <vhost>]", "Restarts a failed vhost data stores and queues")
        {
            HasTimeout = true,
            Banner = static request => $"Trying to restart vhost '{request.VirtualHost}' on node '{request.Node}' ...",
            Run = static async request =>
            {
                await request.VirtualHostAsync().ConfigureAwait(false);
                return new Outcome.Answer($"Vhost '{request.VirtualHost}' is already running on node '{request.Node}'");
            },
        },
        new("trace_on", HelpSection.VirtualHosts, "trace_on [--vhost <vhost>]", "Starts tracing")
        {
            Takes = (0, int.MaxValue),
            Banner = static request => $"Starting tracing for vhost \"{request.VirtualHost}\" ...",
            Run = static request => TraceAsync(request, isOn: true, $"Trace enabled for vhost {request.VirtualHost}"),
        },
        new("trace_off", HelpSection.VirtualHosts, "trace_off [--vhost <vhost>]", "Stops tracing")
        {
            Takes = (0, int.MaxValue),
            Banner = static request => $"Stopping tracing for vhost \"{request.VirtualHost}\" ...",
            Run = static request => TraceAsync(request, isOn: false, $"Trace disabled for vhost {request.VirtualHost}"),
        },
    ];

    private static async Task<Outcome> AddAsync(Request request)
    {
        var name = request.Arguments[0];
        if (await request.FindAsync(ApiPath.Of("vhosts", name)).ConfigureAwait(false) is not null)
        {
            return new Outcome.Done();
        }

        var body = new JsonObject { ["description"] = request.Text("description") ?? "", ["tags"] = request.Text("tags") ?? "" };
        if (request.Text("default-queue-type") is { } type)
        {
            body["default_queue_type"] = type;
        }

        await request.Client.PutAsync(ApiPath.Of("vhosts", name), body, request.Ended).ConfigureAwait(false);

        // The API gives whoever asks for a virtual host all rights there; the tool has no user who could be given any.
        var me = await request.Client.GetAsync(ApiPath.Of("whoami"), request.Ended).ConfigureAwait(false);
        await request.RemoveAsync(ApiPath.Of("permissions", name, (string?)me?["name"] ?? string.Empty)).ConfigureAwait(false);
        return new Outcome.Done();
    }

    private static async Task<Outcome> SetTagsAsync(Request request)
    {
        var path = ApiPath.Of("vhosts", request.Arguments[0]);
        _ = await request.FindAsync(path).ConfigureAwait(false)
            ?? throw CommandFailedException.Of(ExitCodes.Data, $"Virtual host \"{request.Arguments[0]}\" does not exist");
        var body = new JsonObject { ["tags"] = string.Join(',', request.Arguments.Skip(1)) };
        await request.Client.PutAsync(path, body, request.Ended).ConfigureAwait(false);
        return new Outcome.Done();
    }

    private static async Task<Outcome> TraceAsync(Request request, bool isOn, string text)
    {
        await request.VirtualHostAsync().ConfigureAwait(false);
        await request.Client.PutAsync(ApiPath.Of("vhosts", request.VirtualHost), new JsonObject { ["tracing"] = isOn }, request.Ended).ConfigureAwait(false);
        return new Outcome.Answer(text);
    }
}
