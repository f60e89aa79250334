using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Access;

/// <summary><c>actorbroker users</c>.</summary>
internal static class UserCommands
{
    public static Command Create(CommandBuilder commands)
    {
        var list = new ListOptions("users", Column.Text("name"), Column.Text("tags"), Column.Text("hashing_algorithm", "password"), Column.Text("limits"));
        return CommandBuilder.Group(
            "users", "Users: list, add, delete, password, tags and limits.",
            list.Command(commands, "List users.", static _ => ApiPath.Of("users")),
            Add(commands),
            SetPassword(commands),
            SetTags(commands),
            Delete(commands),
            LimitCommands.Create(commands, "user", "user", "max-connections or max-channels"));
    }

    private static Argument<string> Name() => new("user") { Description = "Its name." };

    private static Option<string> Tags(bool isRequired) => new("--tags")
    {
        Description = "administrator, monitoring, policymaker, management, with commas between them; empty for none.",
        HelpName = "TAGS",
        Required = isRequired,
        DefaultValueFactory = static _ => "",
    };

    private static Command Add(CommandBuilder commands)
    {
        var name = Name();
        var tags = Tags(isRequired: false);
        var password = new NewPassword();
        return commands.Leaf(
            "add", "Add a user. It may enter no virtual host until it is given permissions.",
            async context =>
            {
                var path = ApiPath.Of("users", context.Value(name));
                if (await FindAsync(context, path).ConfigureAwait(false) is not null)
                {
                    throw new CommandFailedException($"user '{context.Value(name)}' is there already");
                }

                var body = await password.ReadAsync(context, context.Value(name)).ConfigureAwait(false);
                body["tags"] = context.Value(tags);
                await context.Api.PutAsync(path, body, context.Ended).ConfigureAwait(false);
                context.Result.Done($"user '{context.Value(name)}' added", new JsonObject { ["created"] = true });
            },
            [name, tags, .. password.Symbols]);
    }

    private static Command SetPassword(CommandBuilder commands)
    {
        var name = Name();
        var password = new NewPassword();
        return commands.Leaf(
            "set-password", "Change a user's password.",
            async context =>
            {
                var path = ApiPath.Of("users", context.Value(name));
                var user = await ExistingAsync(context, path).ConfigureAwait(false);
                var body = await password.ReadAsync(context, context.Value(name)).ConfigureAwait(false);
                body["tags"] = user["tags"]?.DeepClone();
                await context.Api.PutAsync(path, body, context.Ended).ConfigureAwait(false);
                context.Result.Done($"password of user '{context.Value(name)}' changed", new JsonObject { ["changed"] = true });
            },
            [name, .. password.Symbols]);
    }

    private static Command SetTags(CommandBuilder commands)
    {
        var name = Name();
        var tags = Tags(isRequired: true);
        return commands.Leaf(
            "set-tags", "Change a user's tags.",
            async context =>
            {
                var path = ApiPath.Of("users", context.Value(name));
                var user = await ExistingAsync(context, path).ConfigureAwait(false);
                var body = new JsonObject
                {
                    ["password_hash"] = user["password_hash"]?.DeepClone(),
                    ["hashing_algorithm"] = user["hashing_algorithm"]?.DeepClone(),
                    ["tags"] = context.Value(tags),
                };
                await context.Api.PutAsync(path, body, context.Ended).ConfigureAwait(false);
                context.Result.Done($"tags of user '{context.Value(name)}' changed", new JsonObject { ["changed"] = true });
            },
            name, tags);
    }

    private static Command Delete(CommandBuilder commands)
    {
        var name = Name();
        return commands.Leaf(
            "delete", "Delete a user; its connections are closed.",
            async context =>
            {
                await context.Api.DeleteAsync(ApiPath.Of("users", context.Value(name)), cancelled: context.Ended).ConfigureAwait(false);
                context.Result.Done($"user '{context.Value(name)}' deleted", new JsonObject { ["deleted"] = true });
            },
            name);
    }

    private static async Task<JsonObject> ExistingAsync(CommandContext context, ApiPath path) =>
        await context.Api.GetAsync(path, context.Ended).ConfigureAwait(false) as JsonObject ?? [];

    private static async Task<JsonObject?> FindAsync(CommandContext context, ApiPath path)
    {
        try
        {
            return await ExistingAsync(context, path).ConfigureAwait(false);
        }
        catch (ApiException failure) when (failure.Status == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
