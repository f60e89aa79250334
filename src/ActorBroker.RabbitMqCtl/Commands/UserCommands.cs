using System.Net;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Formatting;
using ActorBroker.RabbitMqCtl.Invocation;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>Users.</summary>
internal static class UserCommands
{
    private const string Granting =
        "Done. Don't forget to grant the user permissions to some virtual hosts! See 'rabbitmqctl help set_permissions' to learn more.";

    public static IEnumerable<Command> All =>
    [
        new("add_user", HelpSection.Users, "add_user <username> <password>", "Creates a new user in the internal database. This user will have no permissions for any virtual hosts by default.")
        {
            Takes = (1, 2),
            Check = static request =>
            {
                if (request.Arguments is ["", _])
                {
                    throw BadArgumentsException.BadArgument("user cannot be an empty string");
                }
            },
            Banner = static request => $"Adding user \"{request.Arguments[0]}\" ...",
            Run = AddAsync,
        },
        new("authenticate_user", HelpSection.Users, "authenticate_user <username> <password>", "Attempts to authenticate a user. Exits with a non-zero code if authentication fails.")
        {
            Takes = (1, 2),
            Banner = static request => $"Authenticating user \"{request.Arguments[0]}\" ...",
            Run = AuthenticateAsync,
        },
        new("change_password", HelpSection.Users, "change_password <username> <password>", "Changes the user password")
        {
            Takes = (1, 2),
            Banner = static request => $"Changing password for user \"{request.Arguments[0]}\" ...",
            Run = ChangePasswordAsync,
        },
        new("clear_password", HelpSection.Users, "clear_password <username>", "Clears (resets) password and disables password login for a user")
        {
            Takes = (1, 1),
            Banner = static request => $"Clearing password for user \"{request.Arguments[0]}\" ...",
            Run = ClearPasswordAsync,
        },
        new("delete_user", HelpSection.Users, "delete_user <username>", "Removes a user from the internal database. Has no effect on users provided by external backends such as LDAP")
        {
            Takes = (1, 1),
            Banner = static request => $"Deleting user \"{request.Arguments[0]}\" ...",
            Run = static async request => await request.RemoveAsync(ApiPath.Of("users", request.Arguments[0])).ConfigureAwait(false)
                ? new Outcome.Done()
                : throw NoUser(request),
        },
        new("list_users", HelpSection.Users, "list_users [--no-table-headers]", "List user names and tags")
        {
            HasTimeout = true,
            IsDiagnostics = true,
            Formatter = FormatterKind.Table,
            Banner = static _ => "Listing users ...",
            Run = ListAsync,
        },
        new("set_user_tags", HelpSection.Users, "set_user_tags <username> <tag> [...]", "Sets user tags")
        {
            Takes = (1, int.MaxValue),
            Banner = static request => $"Setting tags for user \"{request.Arguments[0]}\" to [{string.Join(", ", request.Arguments.Skip(1))}] ...",
            Run = SetTagsAsync,
        },
    ];

    private static ApiPath PathOf(Request request) => ApiPath.Of("users", request.Arguments[0]);

    private static CommandFailedException NoUser(Request request) => Resources.NoUser(request, request.Arguments[0]);

    private static async Task<JsonObject> ExistingAsync(Request request) =>
        await request.FindAsync(PathOf(request)).ConfigureAwait(false) ?? throw NoUser(request);

    // The second argument, or else a line of standard input. RabbitMQ's tool shows what is typed.
    private static async Task<string> PasswordAsync(Request request, int exitCode)
    {
        if (request.Arguments.Count > 1)
        {
            return request.Arguments[1];
        }

        request.Terminal.ExpectSecret();
        if (!request.IsBrief)
        {
            await request.Terminal.Out.WriteLineAsync("Password: ").ConfigureAwait(false);
        }

        return (await request.Terminal.ReadSecretAsync(request.Ended).ConfigureAwait(false))?.Trim()
            ?? throw CommandFailedException.Of(exitCode, "Password is not provided via argument or stdin");
    }

    // To the API, a user without a password is one with an empty hash.
    private static JsonObject BodyOf(string password, JsonNode tags) => password.Length == 0
        ? new JsonObject { ["password_hash"] = "", ["tags"] = tags }
        : new JsonObject { ["password"] = password, ["tags"] = tags };

    private static async Task<Outcome> AddAsync(Request request)
    {
        var name = request.Arguments[0];
        var password = await PasswordAsync(request, ExitCodes.Data).ConfigureAwait(false);
        if (await request.FindAsync(PathOf(request)).ConfigureAwait(false) is not null)
        {
            throw new CommandFailedException(
                ExitCodes.Software,
                $"Error:\nUser \"{name}\" already exists",
                new JsonObject { ["message"] = $"User {name} already exists", ["node"] = request.Node, ["result"] = "error" });
        }

        await request.Client.PutAsync(PathOf(request), BodyOf(password, new JsonArray()), request.Ended).ConfigureAwait(false);
        return request.IsJson
            ? new Outcome.Message(Granting, new JsonObject { ["message"] = Granting, ["node"] = request.Node, ["status"] = "ok" })
            : request.IsBrief ? new Outcome.Silence() : new Outcome.Message(Granting);
    }

    // The API lets nobody in who has no tag; but it says why, and only after the password was right.
    private static async Task<Outcome> AuthenticateAsync(Request request)
    {
        var name = request.Arguments[0];
        var password = await PasswordAsync(request, ExitCodes.Software).ConfigureAwait(false);
        using var client = new ManagementClient(BrokerAddress.Of(request.Terminal) with { User = name, Password = password });
        try
        {
            await client.GetAsync(ApiPath.Of("whoami"), request.Ended).ConfigureAwait(false);
        }
        catch (ApiException failure) when (failure.Status == HttpStatusCode.Unauthorized)
        {
            if (failure.Error == "not_authorized")
            {
                throw CommandFailedException.Of(
                    ExitCodes.Data, $"Error: failed to authenticate user \"{name}\"\nuser '{name}' - invalid credentials");
            }
        }

        return new Outcome.Message("Success");
    }

    private static async Task<Outcome> ChangePasswordAsync(Request request)
    {
        var password = await PasswordAsync(request, ExitCodes.Software).ConfigureAwait(false);
        var user = await ExistingAsync(request).ConfigureAwait(false);
        await request.Client.PutAsync(PathOf(request), BodyOf(password, TagsOf(user)), request.Ended).ConfigureAwait(false);
        return new Outcome.Done();
    }

    private static async Task<Outcome> ClearPasswordAsync(Request request)
    {
        var user = await request.DemandUserAsync(request.Arguments[0]).ConfigureAwait(false);
        await request.Client.PutAsync(PathOf(request), BodyOf(string.Empty, TagsOf(user)), request.Ended).ConfigureAwait(false);
        return new Outcome.Done();
    }

    private static async Task<Outcome> SetTagsAsync(Request request)
    {
        var user = await ExistingAsync(request).ConfigureAwait(false);
        var body = new JsonObject
        {
            ["password_hash"] = user["password_hash"]?.DeepClone(),
            ["hashing_algorithm"] = user["hashing_algorithm"]?.DeepClone(),
            ["tags"] = new JsonArray([.. request.Arguments.Skip(1).Select(static tag => (JsonNode)tag)]),
        };
        await request.Client.PutAsync(PathOf(request), body, request.Ended).ConfigureAwait(false);
        return new Outcome.Done();
    }

    private static async Task<Outcome> ListAsync(Request request)
    {
        var users = await request.Client.ListAsync(ApiPath.Of("users"), request.Ended).ConfigureAwait(false);
        return new Outcome.Rows(
        [
            .. users.Select(static user => new Row(
                ("user", Term.Of(user!["name"])),
                ("tags", new Term.Items([.. TagsOf(user.AsObject()).Select(static tag => Term.Named(tag))])))),
        ]);
    }

    private static JsonArray TagsOf(JsonObject user) => user["tags"] switch
    {
        JsonArray tags => (JsonArray)tags.DeepClone(),
        JsonValue text => [.. text.GetValue<string>().Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static tag => (JsonNode)tag)],
        _ => [],
    };
}
