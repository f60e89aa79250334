using System.Text.Json.Nodes;
using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;

namespace ActorBroker.Management.Access;

/// <summary>Permissions on virtual hosts, and on the routing keys of topic exchanges.</summary>
internal static class PermissionRoutes
{
    private const string One = "permissions/{vhost}/{user}";
    private const string Topic = "topic-permissions/{vhost}/{user}";
    private static readonly string[] Sorts = ["vhost", "user", "exchange"];

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("permissions", ApiAccess.Administrator, "All permissions.", static request => ListAsync(request, static _ => true)),
        ApiRoutes.Get("vhosts/{vhost}/permissions", ApiAccess.Administrator, "The permissions on a virtual host.", static request =>
            ListAsync(request, OfVirtualHost(request))),
        ApiRoutes.Get("users/{user}/permissions", ApiAccess.Administrator, "A user's permissions.", static request =>
            ListAsync(request, OfUser(request))),
        ApiRoutes.Get(One, ApiAccess.Administrator, "A user's permissions on a virtual host.", GetAsync),
        ApiRoutes.Put(One, ApiAccess.Administrator, "Gives a user permissions on a virtual host.", PutAsync),
        ApiRoutes.Delete(One, ApiAccess.Administrator, "Takes them away.", DeleteAsync),
        ApiRoutes.Get("topic-permissions", ApiAccess.Administrator, "All topic permissions.", static request => ListTopicsAsync(request, static _ => true)),
        ApiRoutes.Get("vhosts/{vhost}/topic-permissions", ApiAccess.Administrator, "The topic permissions in a virtual host.", static request =>
            ListTopicsAsync(request, OfVirtualHost(request))),
        ApiRoutes.Get("users/{user}/topic-permissions", ApiAccess.Administrator, "A user's topic permissions.", static request =>
            ListTopicsAsync(request, OfUser(request))),
        ApiRoutes.Get(Topic, ApiAccess.Administrator, "A user's topic permissions in a virtual host.", GetTopicsAsync),
        ApiRoutes.Put(Topic, ApiAccess.Administrator, "Restricts the routing keys that a user may use at a topic exchange.", PutTopicAsync),
        ApiRoutes.Delete(Topic, ApiAccess.Administrator, "Takes all such restrictions away.", static request => DeleteTopicAsync(request, null)),
        // RabbitMQ does not look at the exchange in the path of these two either; a body names it.
        ApiRoutes.Get(Topic + "/{exchange}", ApiAccess.Administrator, "A user's topic permissions in a virtual host, of all exchanges.", GetTopicsAsync),
        ApiRoutes.Put(Topic + "/{exchange}", ApiAccess.Administrator, "The same as without the exchange in the path.", PutTopicAsync),
        ApiRoutes.Delete(Topic + "/{exchange}", ApiAccess.Administrator, "Takes those of one exchange away.", static request =>
            DeleteTopicAsync(request, ExchangeNameOf(request.Value("exchange")))),
    ];

    /// <summary>All permissions, in the order of their virtual hosts.</summary>
    public static IEnumerable<JsonObject> ObjectsOf(AccessSnapshot tables) =>
        tables.Permissions.OrderBy(static entry => entry.Key.VirtualHost, StringComparer.Ordinal).ThenBy(static entry => entry.Key.User, StringComparer.Ordinal)
            .Select(static entry => ObjectOf(entry.Key, entry.Value));

    /// <summary>All topic permissions.</summary>
    public static IEnumerable<JsonObject> TopicObjectsOf(AccessSnapshot tables) =>
        tables.TopicPermissions.OrderBy(static entry => entry.Key.VirtualHost, StringComparer.Ordinal).ThenBy(static entry => entry.Key.User, StringComparer.Ordinal)
            .Select(static entry => new JsonObject
            {
                ["user"] = entry.Key.User,
                ["vhost"] = entry.Key.VirtualHost,
                ["exchange"] = entry.Key.Exchange,
                ["write"] = entry.Value.Write,
                ["read"] = entry.Value.Read,
            });

    /// <summary>Gives the permissions that a body says.</summary>
    public static Task PutAsync(ApiRequest request, string user, string virtualHost, JsonObject body)
    {
        body.Require("configure", "write", "read");
        var permission = new Permission(body.RequiredText("configure"), body.RequiredText("write"), body.RequiredText("read"));
        return request.ChangeAsync(new PutPermission(0, user, virtualHost, permission, request.Origin));
    }

    /// <summary>Gives the topic permissions that a body says.</summary>
    public static Task PutTopicAsync(ApiRequest request, string user, string virtualHost, JsonObject body)
    {
        body.Require("exchange", "write", "read");
        var permission = new TopicPermission(body.RequiredText("write"), body.RequiredText("read"));
        return request.ChangeAsync(new PutTopicPermission(0, user, virtualHost, body.RequiredText("exchange"), permission, request.Origin));
    }

    private static JsonObject ObjectOf(PermissionKey key, Permission permission) => new()
    {
        ["user"] = key.User,
        ["vhost"] = key.VirtualHost,
        ["configure"] = permission.Configure,
        ["write"] = permission.Write,
        ["read"] = permission.Read,
    };

    private static Func<JsonObject, bool> OfVirtualHost(ApiRequest request)
    {
        var virtualHost = VirtualHostRoutes.Existing(request).Name;
        return item => (string?)item["vhost"] == virtualHost;
    }

    private static Func<JsonObject, bool> OfUser(ApiRequest request)
    {
        var user = UserRoutes.Existing(request).Name;
        return item => (string?)item["user"] == user;
    }

    private static Task ListAsync(ApiRequest request, Func<JsonObject, bool> isWanted) => request.List(ObjectsOf(request.Tables()).Where(isWanted), Sorts);

    private static Task ListTopicsAsync(ApiRequest request, Func<JsonObject, bool> isWanted) =>
        request.List(TopicObjectsOf(request.Tables()).Where(isWanted), Sorts);

    private static Task GetAsync(ApiRequest request)
    {
        var key = KeyOf(request);
        return request.Item(ObjectOf(key, request.Tables().Permissions.GetValueOrDefault(key) ?? throw ApiErrorException.ObjectNotFound()));
    }

    private static async Task PutAsync(ApiRequest request)
    {
        var key = Checked(request);
        var isNew = !request.Tables().Permissions.ContainsKey(key);
        await PutAsync(request, key.User, key.VirtualHost, await request.BodyAsync().ConfigureAwait(false)).ConfigureAwait(false);
        await request.Put(isNew).ConfigureAwait(false);
    }

    private static async Task DeleteAsync(ApiRequest request)
    {
        var key = KeyOf(request);
        if (!request.Tables().Permissions.ContainsKey(key))
        {
            throw ApiErrorException.ObjectNotFound();
        }

        await request.ChangeAsync(new ClearPermission(0, key.User, key.VirtualHost, request.Origin)).ConfigureAwait(false);
        await request.NoContent().ConfigureAwait(false);
    }

    private static Task GetTopicsAsync(ApiRequest request)
    {
        var key = KeyOf(request);
        var found = TopicsOf(request.Tables(), key).ToList();
        return found.Count > 0 ? request.List(found, Sorts) : throw ApiErrorException.ObjectNotFound();
    }

    private static async Task PutTopicAsync(ApiRequest request)
    {
        var key = Checked(request);
        var isNew = !TopicsOf(request.Tables(), key).Any();
        await PutTopicAsync(request, key.User, key.VirtualHost, await request.BodyAsync().ConfigureAwait(false)).ConfigureAwait(false);
        await request.Put(isNew).ConfigureAwait(false);
    }

    private static async Task DeleteTopicAsync(ApiRequest request, string? exchange)
    {
        var key = KeyOf(request);
        if (!TopicsOf(request.Tables(), key).Any())
        {
            throw ApiErrorException.ObjectNotFound();
        }

        await request.ChangeAsync(new ClearTopicPermission(0, key.User, key.VirtualHost, exchange, request.Origin)).ConfigureAwait(false);
        await request.NoContent().ConfigureAwait(false);
    }

    private static IEnumerable<JsonObject> TopicsOf(AccessSnapshot tables, PermissionKey key) =>
        TopicObjectsOf(tables).Where(item => (string?)item["user"] == key.User && (string?)item["vhost"] == key.VirtualHost);

    private static string ExchangeNameOf(string name) => name == ResourceAccess.DefaultExchange ? string.Empty : name;

    private static PermissionKey KeyOf(ApiRequest request) => new(request.Value("user"), request.VirtualHost);

    private static PermissionKey Checked(ApiRequest request)
    {
        var key = KeyOf(request);
        var tables = request.Tables();
        return tables.Users.ContainsKey(key.User) && tables.IsOpen(key.VirtualHost) ? key : throw ApiErrorException.BadRequest("vhost_or_user_not_found");
    }
}
