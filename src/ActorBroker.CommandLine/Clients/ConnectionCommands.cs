using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Clients;

/// <summary><c>actorbroker connections</c>.</summary>
internal static class ConnectionCommands
{
    public static Command Create(CommandBuilder commands)
    {
        var list = new ListOptions(
            "connections",
            Column.Text("name"), Column.Text("vhost"), Column.Text("user"), Column.Text("user_provided_name", "client"), Column.Text("protocol"), Column.Text("state"),
            Column.Flag("ssl", "tls"), Column.Count("channels"), Column.Rate("recv_oct_details.rate", "B/s in"), Column.Rate("send_oct_details.rate", "B/s out"),
            Column.Time("connected_at", "since"));
        return CommandBuilder.Group(
            "connections", "Connections of clients: list and close.",
            list.Command(
                commands, "List connections.",
                static context => context.GivenVirtualHost is { } host ? ApiPath.Of("vhosts", host, "connections") : ApiPath.Of("connections"), commands.VirtualHost),
            Close(commands));
    }

    private static Command Close(CommandBuilder commands)
    {
        var name = new Argument<string?>("connection") { Description = "Its name, as listed.", Arity = ArgumentArity.ZeroOrOne };
        var user = new Option<string?>("--of-user") { Description = "All connections of this user instead.", HelpName = "NAME" };
        var all = new Option<bool>("--all") { Description = "All connections instead, or with --vhost all to that virtual host." };
        var reason = new Option<string?>("--reason") { Description = "What the client is told.", HelpName = "TEXT" };
        return commands.Leaf(
            "close", "Close connections; their clients are told that it was by force.",
            async context =>
            {
                var names = await NamesAsync(context, context.Parsed.GetValue(name), context.Value(user), context.Value(all)).ConfigureAwait(false);
                var closed = 0;
                foreach (var one in names)
                {
                    try
                    {
                        await context.Api.DeleteAsync(ApiPath.Of("connections", one), context.Value(reason), context.Ended).ConfigureAwait(false);
                        closed++;
                    }
                    catch (ApiException failure) when (failure.Status == System.Net.HttpStatusCode.NotFound && context.Parsed.GetValue(name) is null)
                    {
                        // It went by itself since it was listed.
                    }
                }

                context.Result.Done(closed == 1 ? "1 connection closed" : $"{closed} connections closed", new JsonObject { ["closed"] = closed });
            },
            name, user, all, reason, commands.VirtualHost);
    }

    private static async Task<IReadOnlyList<string>> NamesAsync(CommandContext context, string? name, string? user, bool isAll)
    {
        if ((name is null ? 0 : 1) + (user is null ? 0 : 1) + (isAll ? 1 : 0) != 1)
        {
            throw new FormatException("name a connection, or a user with --of-user, or give --all");
        }

        if (name is not null)
        {
            return [name];
        }

        var path = user is not null ? ApiPath.Of("connections", "username", user)
            : context.GivenVirtualHost is { } host ? ApiPath.Of("vhosts", host, "connections")
            : ApiPath.Of("connections");
        var found = await context.Api.ListAsync(path.Where("columns", "name"), context.Ended).ConfigureAwait(false);
        return [.. found.Select(static item => (string)item!["name"]!)];
    }
}
