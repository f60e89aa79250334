using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Access;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using Akka.Actor;

namespace ActorBroker.Management.Access;

/// <summary>How much users and virtual hosts may have open. As in RabbitMQ, a negative limit is none.</summary>
internal static class LimitRoutes
{
    private const string Connections = "max-connections";
    private const string Channels = "max-channels";
    private const string Queues = "max-queues";
    private const string OfVirtualHost = "vhost-limits/{vhost}";
    private const string OfOneUser = "user-limits/{user}";

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("vhost-limits", ApiAccess.Viewer, "The limits of all virtual hosts that have some.", ListVirtualHostsAsync),
        ApiRoutes.Get(OfVirtualHost, ApiAccess.Viewer, "The limits of a virtual host.", GetVirtualHostAsync),
        ApiRoutes.Put(OfVirtualHost + "/{name}", ApiAccess.Administrator, "Sets a limit of a virtual host: max-connections or max-queues.", PutVirtualHostAsync),
        ApiRoutes.Delete(OfVirtualHost + "/{name}", ApiAccess.Administrator, "Takes a limit of a virtual host away.", static request =>
            SetVirtualHostAsync(request, request.VirtualHost, request.Value("name"), null, request.NoContent)),
        ApiRoutes.Get("user-limits", ApiAccess.Administrator, "The limits of all users that have some.", ListUsersAsync),
        ApiRoutes.Get(OfOneUser, ApiAccess.Administrator, "The limits of a user.", GetUserAsync),
        ApiRoutes.Put(OfOneUser + "/{name}", ApiAccess.Administrator, "Sets a limit of a user: max-connections or max-channels.", PutUserAsync),
        ApiRoutes.Delete(OfOneUser + "/{name}", ApiAccess.Administrator, "Takes a limit of a user away.", static request =>
            SetUserAsync(request, null, request.NoContent)),
    ];

    /// <summary>A user's limits as the API tells them.</summary>
    public static JsonObject ObjectOf(UserLimits limits)
    {
        var item = new JsonObject();
        if (limits.ConnectionsMax is { } connections)
        {
            item[Connections] = connections;
        }

        if (limits.ChannelsMax is { } channels)
        {
            item[Channels] = channels;
        }

        return item;
    }

    /// <summary>The limits that a body gives a user.</summary>
    public static UserLimits OfUser(JsonNode? node)
    {
        var item = node as JsonObject ?? [];
        return new UserLimits(Given(item.Number(Connections)), Given(item.Number(Channels)));
    }

    /// <summary>A virtual host's limits, as definitions have them.</summary>
    public static async Task<JsonObject> ObjectOfAsync(ManagedBroker broker, string virtualHost)
    {
        var item = new JsonObject();
        if (broker.Users.Tables.Current.ConnectionLimits.TryGetValue(virtualHost, out var connections))
        {
            item[Connections] = connections;
        }

        var answer = await broker.Catalogues.Ask<PoliciesListed>(new ListPolicies(virtualHost, string.Empty), ManagedBroker.AnswerTimeout).ConfigureAwait(false);
        if (answer.QueuesMax is { } queues)
        {
            item[Queues] = queues;
        }

        return item;
    }

    /// <summary>Sets one limit of a virtual host; null or a negative one for none.</summary>
    /// <exception cref="ApiErrorException">There is no such limit, or the broker refuses it.</exception>
    public static Task SetVirtualHostAsync(ApiRequest request, string virtualHost, string name, long? value) => name switch
    {
        Connections => request.ChangeAsync(new SetVirtualHostLimits(0, virtualHost, Given(value), request.Origin)),
        Queues => request.ChangeAsync(new SetQueueLimit(virtualHost, string.Empty, Given(value), request.Origin)),
        _ => throw Unknown(name),
    };

    private static long? Given(long? value) => value is < 0 ? null : value;

    private static JsonObject Item(string kind, string name, JsonObject limits) => new() { [kind] = name, ["value"] = limits };

    private static async Task ListVirtualHostsAsync(ApiRequest request)
    {
        List<JsonObject> all = [];
        foreach (var name in await AccessGate.VisibleAsync(request).ConfigureAwait(false))
        {
            if (await ObjectOfAsync(request.Broker, name).ConfigureAwait(false) is { Count: > 0 } limits)
            {
                all.Add(Item("vhost", name, limits));
            }
        }

        await request.List(all, "vhost").ConfigureAwait(false);
    }

    private static async Task GetVirtualHostAsync(ApiRequest request)
    {
        var limits = await ObjectOfAsync(request.Broker, request.VirtualHost).ConfigureAwait(false);
        await request.List(limits.Count > 0 ? [Item("vhost", request.VirtualHost, limits)] : []).ConfigureAwait(false);
    }

    private static async Task PutVirtualHostAsync(ApiRequest request)
    {
        var value = await ValueAsync(request).ConfigureAwait(false);
        await SetVirtualHostAsync(request, request.VirtualHost, request.Value("name"), value, request.NoContent).ConfigureAwait(false);
    }

    private static async Task SetVirtualHostAsync(ApiRequest request, string virtualHost, string name, long? value, Func<Task> answer)
    {
        await SetVirtualHostAsync(request, virtualHost, name, value).ConfigureAwait(false);
        await answer().ConfigureAwait(false);
    }

    private static Task ListUsersAsync(ApiRequest request) =>
        request.List(request.Tables().UserLimits.Select(static entry => Item("user", entry.Key, ObjectOf(entry.Value))), "user");

    private static Task GetUserAsync(ApiRequest request)
    {
        var user = UserRoutes.Existing(request).Name;
        var limits = ObjectOf(request.Tables().LimitsOf(user));
        return request.List(limits.Count > 0 ? [Item("user", user, limits)] : []);
    }

    private static async Task PutUserAsync(ApiRequest request) =>
        await SetUserAsync(
            request.Tables().Users.ContainsKey(request.Value("user")) ? request : throw ApiErrorException.Of(UserRoutes.NoSuchUser, request.Value("user")),
            await ValueAsync(request).ConfigureAwait(false), request.NoContent).ConfigureAwait(false);

    private static async Task SetUserAsync(ApiRequest request, long? value, Func<Task> answer)
    {
        var user = UserRoutes.Existing(request).Name;
        var limits = request.Tables().LimitsOf(user);
        limits = request.Value("name") switch
        {
            Connections => limits with { ConnectionsMax = Given(value) },
            Channels => limits with { ChannelsMax = Given(value) },
            var name => throw Unknown(name),
        };
        await request.ChangeAsync(new SetUserLimits(0, user, limits, request.Origin)).ConfigureAwait(false);
        await answer().ConfigureAwait(false);
    }

    private static async Task<long?> ValueAsync(ApiRequest request)
    {
        var body = await request.BodyAsync().ConfigureAwait(false);
        body.Require("value");
        return body.Number("value");
    }

    private static ApiErrorException Unknown(string name) =>
        ApiErrorException.BadRequest(string.Create(CultureInfo.InvariantCulture, $"Unrecognised terms [\"{name}\"] in limits"));
}
