using System.Text.Json.Nodes;
using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;

namespace ActorBroker.Management.Access;

/// <summary>Users.</summary>
internal static class UserRoutes
{
    /// <summary>RabbitMQ's word for a user that is not there, where the path is about something else.</summary>
    public const string NoSuchUser = "no_such_user";

    private const string One = "users/{user}";

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("users", ApiAccess.Administrator, "All users.", static request => ListAsync(request, static (_, _) => true)),
        ApiRoutes.Get(
            "users/without-permissions", ApiAccess.Administrator, "The users that may enter no virtual host.",
            static request => ListAsync(request, static (tables, user) => !tables.Permissions.Keys.Any(key => key.User == user.Name))),
        ApiRoutes.Post("users/bulk-delete", ApiAccess.Administrator, "Deletes several users.", DeleteSeveralAsync),
        ApiRoutes.Get("auth/hash_password/{password}", ApiAccess.Administrator, "A password as the broker keeps it.", static async request => await request.Json(new JsonObject
        {
            ["ok"] = (await request.Broker.Users.Passwords.HashAsync(request.Value("password"), request.Ended).ConfigureAwait(false)).Hash,
        }).ConfigureAwait(false)),
        ApiRoutes.Get(One, ApiAccess.Administrator, "A user.", GetAsync),
        ApiRoutes.Put(One, ApiAccess.Administrator, "Creates or changes a user.", PutAsync),
        ApiRoutes.Delete(One, ApiAccess.Administrator, "Deletes a user; its connections are closed.", DeleteAsync),
    ];

    /// <summary>A user as the API and definitions tell of it.</summary>
    public static JsonObject ObjectOf(AccessSnapshot tables, User user) => new()
    {
        ["name"] = user.Name,
        ["password_hash"] = user.PasswordHash,
        ["hashing_algorithm"] = HashingNames.Of(user.Hashing),
        ["tags"] = AccessChanges.ArrayOf(user.Tags),
        ["limits"] = LimitRoutes.ObjectOf(tables.LimitsOf(user.Name)),
    };

    /// <summary>Creates or changes the user that a body says.</summary>
    /// <exception cref="ApiErrorException">It says none, or the broker refuses it.</exception>
    public static async Task PutAsync(ApiRequest request, string name, JsonObject body)
    {
        var tags = TagsOf(body);
        var hashed = await PasswordOf(request, body).ConfigureAwait(false);
        var limits = body["limits"] is null ? null : LimitRoutes.OfUser(body["limits"]);
        await request.ChangeAsync(new PutUser(0, name, hashed.Hash, hashed.Hashing, tags, request.Origin)).ConfigureAwait(false);
        if (limits is not null && limits != request.Tables().LimitsOf(name))
        {
            await request.ChangeAsync(new SetUserLimits(0, name, limits, request.Origin)).ConfigureAwait(false);
        }
    }

    /// <summary>The user in the path.</summary>
    /// <exception cref="ApiErrorException">There is none.</exception>
    public static User Existing(ApiRequest request) =>
        request.Tables().Users.GetValueOrDefault(request.Value("user")) ?? throw ApiErrorException.ObjectNotFound();

    // As RabbitMQ up to 2.x wrote it, too.
    private static IReadOnlyList<string> TagsOf(JsonObject body)
    {
        if (body.ContainsKey("tags"))
        {
            return AccessChanges.TagsOf(body["tags"]);
        }

        return body.Flag("administrator") switch
        {
            null => throw ApiErrorException.BadRequest("tags_not_present"),
            true => [User.Administrator],
            false => [],
        };
    }

    // Who is given neither password nor hash cannot log in by a password any more, as in RabbitMQ.
    private static async Task<HashedPassword> PasswordOf(ApiRequest request, JsonObject body)
    {
        var (password, hash) = (body.Text("password"), body.Text("password_hash"));
        if (password is not null && hash is not null)
        {
            throw ApiErrorException.BadRequest("both_password_and_password_hash_are_provided");
        }

        if (password is { Length: > 0 })
        {
            return await request.Broker.Users.Passwords.HashAsync(password, request.Ended).ConfigureAwait(false);
        }

        if (hash is null or { Length: 0 })
        {
            return new HashedPassword(string.Empty, PasswordHashing.Sha256);
        }

        var hashing = HashingNames.Parse(body.Text("hashing_algorithm"));
        return PasswordHash.IsWellFormed(hashing, hash) ? new HashedPassword(hash, hashing) : throw ApiErrorException.Of("not_base64", hash);
    }

    private static Task ListAsync(ApiRequest request, Func<AccessSnapshot, User, bool> isWanted)
    {
        var tables = request.Tables();
        return request.List(tables.Users.Values.Where(user => isWanted(tables, user)).Select(user => ObjectOf(tables, user)), "name");
    }

    private static Task GetAsync(ApiRequest request) => request.Item(ObjectOf(request.Tables(), Existing(request)));

    private static async Task PutAsync(ApiRequest request)
    {
        var name = request.Value("user");
        var isNew = !request.Tables().Users.ContainsKey(name);
        await PutAsync(request, name, await request.BodyAsync().ConfigureAwait(false)).ConfigureAwait(false);
        await request.Put(isNew).ConfigureAwait(false);
    }

    private static async Task DeleteAsync(ApiRequest request)
    {
        await request.ChangeAsync(new DeleteUser(0, Existing(request).Name, request.Origin)).ConfigureAwait(false);
        await request.NoContent().ConfigureAwait(false);
    }

    private static async Task DeleteSeveralAsync(ApiRequest request)
    {
        var body = await request.BodyAsync().ConfigureAwait(false);
        body.Require("users");
        var names = AccessChanges.TagsOf(body["users"]);
        if (names.FirstOrDefault(name => !request.Tables().Users.ContainsKey(name)) is { } missing)
        {
            throw ApiErrorException.Of(NoSuchUser, missing);
        }

        foreach (var name in names)
        {
            await request.ChangeAsync(new DeleteUser(0, name, request.Origin)).ConfigureAwait(false);
        }

        await request.NoContent().ConfigureAwait(false);
    }
}
