using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Access;

/// <summary><c>actorbroker audit</c>.</summary>
internal static class AuditCommand
{
    private static readonly Column[] Columns =
    [
        Column.Time("at", "when"), Column.Text("user"), Column.Text("kind"), Column.Text("action"), Column.Text("vhost"), Column.Text("name"),
        Column.Text("address", "from"), Column.Text("details"),
    ];

    public static Command Create(CommandBuilder commands)
    {
        (string Name, Option<string?> Option)[] filters =
        [
            ("user", Filter("--by", "What this user did.")),
            ("address", Filter("--address", "What was done from this address.")),
            ("kind", Filter("--kind", "What was done to a queue, exchange, binding, policy, user, permission, vhost, …")),
            ("action", Filter("--action", "created, deleted, purged, …")),
            ("name", Filter("--name", "What was done to what has this name.")),
            ("since", Filter("--since", "From this time on, such as 2026-01-31T12:00:00Z.")),
            ("until", Filter("--until", "Before this time.")),
        ];
        var count = new Option<int>("--count", "-n") { Description = "How many at most.", HelpName = "N", DefaultValueFactory = static _ => 100 };
        var oldest = new Option<bool>("--oldest-first") { Description = "In the order in which it happened." };
        return commands.Leaf(
            "audit", "Say who has declared, deleted, bound, purged or changed what, from where and when: the newest first.",
            async context =>
            {
                var path = filters.Aggregate(ApiPath.Of("audit"), (asked, filter) => asked.Where(filter.Name, context.Value(filter.Option)))
                    .Where("vhost", context.GivenVirtualHost).Where("order", context.Value(oldest) ? "asc" : "desc");
                context.Result.List(await ReadAsync(context, path, context.Value(count)).ConfigureAwait(false), Columns);
            },
            [.. filters.Select(static filter => filter.Option), count, oldest, commands.VirtualHost]);
    }

    private static Option<string?> Filter(string name, string description) => new(name) { Description = description, HelpName = "TEXT" };

    private static async Task<JsonArray> ReadAsync(CommandContext context, ApiPath path, int count)
    {
        var all = new JsonArray();
        for (string? next = null; all.Count < count;)
        {
            var asked = path.Where("count", (count - all.Count).ToString(CultureInfo.InvariantCulture)).Where("from", next);
            var page = await context.Api.GetAsync(asked, context.Ended).ConfigureAwait(false) as JsonObject ?? [];
            foreach (var item in page["items"] as JsonArray ?? [])
            {
                all.Add(item?.DeepClone());
            }

            next = page["next"]?.ToString();
            if (next is null)
            {
                break;
            }
        }

        return all;
    }
}
