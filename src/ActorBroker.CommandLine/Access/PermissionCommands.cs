using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Access;

/// <summary><c>actorbroker permissions</c>.</summary>
internal static class PermissionCommands
{
    public static Command Create(CommandBuilder commands)
    {
        var list = new ListOptions(
            "permissions", Column.Text("vhost"), Column.Text("user"), Column.Text("configure"), Column.Text("write"), Column.Text("read"));
        return CommandBuilder.Group(
            "permissions", "What users may do in virtual hosts: list, set and clear.",
            list.Command(
                commands, "List permissions.",
                static context => context.GivenVirtualHost is { } host ? ApiPath.Of("vhosts", host, "permissions") : ApiPath.Of("permissions"), commands.VirtualHost),
            Set(commands),
            Clear(commands),
            Topics(commands));
    }

    private static Argument<string> User() => new("user") { Description = "The user." };

    private static Argument<string> Expression(string name, string description) => new(name) { Description = description };

    private static Command Set(CommandBuilder commands)
    {
        var user = User();
        var configure = Expression("configure", "Expression for the names of what the user may declare and delete.");
        var write = Expression("write", "Expression for the names of what the user may publish to and bind.");
        var read = Expression("read", "Expression for the names of what the user may consume from and bind to.");
        return commands.Leaf(
            "set", "Let a user into a virtual host; ^$ matches nothing, .* all.",
            async context =>
            {
                var body = new JsonObject { ["configure"] = context.Value(configure), ["write"] = context.Value(write), ["read"] = context.Value(read) };
                await context.Api.PutAsync(ApiPath.Of("permissions", context.VirtualHost, context.Value(user)), body, context.Ended).ConfigureAwait(false);
                context.Result.Done(
                    $"permissions of user '{context.Value(user)}' in virtual host '{context.VirtualHost}' set", new JsonObject { ["changed"] = true });
            },
            user, configure, write, read, commands.VirtualHost);
    }

    private static Command Clear(CommandBuilder commands)
    {
        var user = User();
        return commands.Leaf(
            "clear", "Let a user into a virtual host no longer.",
            async context =>
            {
                await context.Api.DeleteAsync(ApiPath.Of("permissions", context.VirtualHost, context.Value(user)), cancelled: context.Ended).ConfigureAwait(false);
                context.Result.Done(
                    $"permissions of user '{context.Value(user)}' in virtual host '{context.VirtualHost}' taken away", new JsonObject { ["changed"] = true });
            },
            user, commands.VirtualHost);
    }

    private static Command Topics(CommandBuilder commands)
    {
        var list = new ListOptions(
            "topic permissions", Column.Text("vhost"), Column.Text("user"), Column.Text("exchange"), Column.Text("write"), Column.Text("read"));
        var user = User();
        var exchange = new Argument<string>("exchange") { Description = "The topic exchange." };
        var write = Expression("write", "Expression for routing keys to publish with.");
        var read = Expression("read", "Expression for routing keys to bind by.");
        var cleared = User();
        var of = new Option<string?>("--exchange") { Description = "Those of this exchange only.", HelpName = "NAME" };
        return CommandBuilder.Group(
            "topics", "Routing keys that users may use at topic exchanges: list, set and clear.",
            list.Command(
                commands, "List topic permissions.",
                static context => context.GivenVirtualHost is { } host ? ApiPath.Of("vhosts", host, "topic-permissions") : ApiPath.Of("topic-permissions"),
                commands.VirtualHost),
            commands.Leaf(
                "set", "Restrict the routing keys that a user may use at a topic exchange.",
                async context =>
                {
                    var body = new JsonObject { ["exchange"] = context.Value(exchange), ["write"] = context.Value(write), ["read"] = context.Value(read) };
                    await context.Api.PutAsync(ApiPath.Of("topic-permissions", context.VirtualHost, context.Value(user)), body, context.Ended).ConfigureAwait(false);
                    context.Result.Done($"topic permissions of user '{context.Value(user)}' set", new JsonObject { ["changed"] = true });
                },
                user, exchange, write, read, commands.VirtualHost),
            commands.Leaf(
                "clear", "Take such restrictions away.",
                async context =>
                {
                    var path = ApiPath.Of("topic-permissions", context.VirtualHost, context.Value(cleared));
                    await context.Api.DeleteAsync(context.Value(of) is { } name ? path.Then(name) : path, cancelled: context.Ended).ConfigureAwait(false);
                    context.Result.Done($"topic permissions of user '{context.Value(cleared)}' taken away", new JsonObject { ["changed"] = true });
                },
                cleared, of, commands.VirtualHost));
    }
}
