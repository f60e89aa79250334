using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Formatting;
using ActorBroker.RabbitMqCtl.Invocation;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>Permissions on virtual hosts, and on the routing keys of topic exchanges.</summary>
internal static class PermissionCommands
{
    public static IEnumerable<Command> All =>
    [
        new("set_permissions", HelpSection.Access, "set_permissions [--vhost <vhost>] <username> <conf> <write> <read>", "Sets user permissions for a vhost")
        {
            Takes = (4, 4),
            Banner = static request => $"Setting permissions for user \"{request.Arguments[0]}\" in vhost \"{request.VirtualHost}\" ...",
            Run = static request => SetAsync(request, "permissions", new JsonObject
            {
                ["configure"] = request.Arguments[1], ["write"] = request.Arguments[2], ["read"] = request.Arguments[3],
            }),
        },
        new("clear_permissions", HelpSection.Access, "clear_permissions [--vhost <vhost>] <username>", "Revokes user permissions for a vhost")
        {
            Takes = (1, 1),
            Banner = static request => $"Clearing permissions for user \"{request.Arguments[0]}\" in vhost \"{request.VirtualHost}\" ...",
            Run = static request => ClearAsync(request, ApiPath.Of("permissions", request.VirtualHost, request.Arguments[0])),
        },
        new("list_permissions", HelpSection.Access, "list_permissions [--vhost <vhost>] [--no-table-headers]", "Lists user permissions in a virtual host")
        {
            HasTimeout = true,
            IsDiagnostics = true,
            Formatter = FormatterKind.Table,
            Banner = static request => $"Listing permissions for vhost \"{request.VirtualHost}\" ...",
            Run = static request => ListAsync(request, "permissions", "user", "configure", "write", "read"),
        },
        new("list_user_permissions", HelpSection.Access, "list_user_permissions [--no-table-headers] <username>", "Lists permissions of a user across all virtual hosts")
        {
            Takes = (1, 1),
            HasTimeout = true,
            IsDiagnostics = true,
            Formatter = FormatterKind.Table,
            Banner = static request => $"Listing permissions for user \"{request.Arguments[0]}\" ...",
            Run = static request => ListOfUserAsync(request, "permissions", "vhost", "configure", "write", "read"),
        },
        new("set_topic_permissions", HelpSection.Access, "set_topic_permissions [--vhost <vhost>] <username> <exchange> <write> <read>", "Sets user topic permissions for an exchange")
        {
            Takes = (4, 4),
            Banner = static request =>
                $"Setting topic permissions on \"{request.Arguments[1]}\" for user \"{request.Arguments[0]}\" in vhost \"{request.VirtualHost}\" ...",
            Run = static request => SetAsync(request, "topic-permissions", new JsonObject
            {
                ["exchange"] = request.Arguments[1], ["write"] = request.Arguments[2], ["read"] = request.Arguments[3],
            }),
        },
        new("clear_topic_permissions", HelpSection.Access, "clear_topic_permissions [--vhost <vhost>] <username> [<exchange>]", "Clears user topic permissions for a vhost or exchange")
        {
            Takes = (1, 2),
            Banner = static request =>
                $"Clearing topic permissions {(request.Arguments is [_, var exchange] ? $"on \"{exchange}\" " : "")}for user \"{request.Arguments[0]}\" in vhost \"{request.VirtualHost}\" ...",
            Run = static request => ClearAsync(request, request.Arguments is [var user, var exchange]
                ? ApiPath.Of("topic-permissions", request.VirtualHost, user, exchange.Length == 0 ? "amq.default" : exchange)
                : ApiPath.Of("topic-permissions", request.VirtualHost, request.Arguments[0])),
        },
        new("list_topic_permissions", HelpSection.Access, "list_topic_permissions [--vhost <vhost>] [--no-table-headers]", "Lists topic permissions in a virtual host")
        {
            HasTimeout = true,
            IsDiagnostics = true,
            Formatter = FormatterKind.Table,
            Banner = static request => $"Listing topic permissions for vhost \"{request.VirtualHost}\" ...",
            Run = static request => ListAsync(request, "topic-permissions", "user", "exchange", "write", "read"),
        },
        new("list_user_topic_permissions", HelpSection.Access, "list_user_topic_permissions [--no-table-headers] <username>", "Lists user topic permissions")
        {
            Takes = (1, 1),
            HasTimeout = true,
            IsDiagnostics = true,
            Formatter = FormatterKind.Table,
            HasHeaders = false,
            Banner = static request => $"Listing topic permissions for user \"{request.Arguments[0]}\" ...",
            Run = static request => ListOfUserAsync(request, "topic-permissions", "vhost", "exchange", "write", "read"),
        },
    ];

    private static async Task CheckAsync(Request request)
    {
        await request.UserAsync(request.Arguments[0]).ConfigureAwait(false);
        await request.VirtualHostAsync().ConfigureAwait(false);
    }

    private static async Task<Outcome> SetAsync(Request request, string kind, JsonObject body)
    {
        await CheckAsync(request).ConfigureAwait(false);
        await request.Client.PutAsync(ApiPath.Of(kind, request.VirtualHost, request.Arguments[0]), body, request.Ended).ConfigureAwait(false);
        return new Outcome.Done();
    }

    // What is not there is cleared, too.
    private static async Task<Outcome> ClearAsync(Request request, ApiPath path)
    {
        await CheckAsync(request).ConfigureAwait(false);
        await request.RemoveAsync(path).ConfigureAwait(false);
        return new Outcome.Done();
    }

    private static async Task<Outcome> ListAsync(Request request, string kind, params string[] columns) =>
        RowsOf(await request.ListAsync(ApiPath.Of("vhosts", request.VirtualHost, kind)).ConfigureAwait(false), columns);

    private static async Task<Outcome> ListOfUserAsync(Request request, string kind, params string[] columns)
    {
        var name = request.Arguments[0];
        await request.DemandUserAsync(name).ConfigureAwait(false);
        return RowsOf(await request.Client.ListAsync(ApiPath.Of("users", name, kind), request.Ended).ConfigureAwait(false), columns);
    }

    private static Outcome.Rows RowsOf(JsonArray items, string[] columns) =>
        new([.. items.Select(item => new Row([.. columns.Select(column => (column, Term.Of(item![column])))]))], IsWhole: true);
}
