using System.Text.Json.Nodes;
using ActorBroker.Contracts.Management;
using ActorBroker.Management.Access;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;

namespace ActorBroker.Management.Lists;

/// <summary>Connections, channels and consumers. Who does not monitor sees those of its own user only.</summary>
internal static class ClientLists
{
    private const string Connection = "connections/{connection}";
    private static readonly string[] Sorts = ["vhost", "name"];
    private static readonly string[] ChannelSorts = ["vhost", "user", "number"];

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("connections", ApiAccess.User, "All connections.", static request => ListAsync(request, static _ => true)),
        ApiRoutes.Get("connections/username/{username}", ApiAccess.User, "The connections of a user.", static request =>
            ListAsync(request, connection => connection.User == request.Value("username"))),
        ApiRoutes.Delete("connections/username/{username}", ApiAccess.User, "Closes the connections of a user; X-Reason says why.", CloseOfUserAsync),
        ApiRoutes.Get("vhosts/{vhost}/connections", ApiAccess.User, "The connections to a virtual host.", static request =>
            ListAsync(request, OfVirtualHost<ConnectionInfo>(request, static connection => connection.VirtualHost))),
        ApiRoutes.Get(Connection, ApiAccess.User, "A connection.", GetAsync),
        ApiRoutes.Delete(Connection, ApiAccess.User, "Closes a connection; X-Reason says why.", CloseAsync),
        ApiRoutes.Get(Connection + "/channels", ApiAccess.User, "The channels of a connection.", ListChannelsOfConnectionAsync),
        ApiRoutes.Get(Connection + "/sessions", ApiAccess.User, "The sessions of a connection of AMQP 1.0; others have none.", SessionsAsync),
        ApiRoutes.Get("channels", ApiAccess.User, "All channels.", static request => ListChannelsAsync(request, static _ => true)),
        ApiRoutes.Get("vhosts/{vhost}/channels", ApiAccess.User, "The channels in a virtual host.", static request =>
            ListChannelsAsync(request, OfVirtualHost<ChannelInfo>(request, static channel => channel.VirtualHost))),
        ApiRoutes.Get("channels/{channel}", ApiAccess.User, "A channel.", GetChannelAsync),
        ApiRoutes.Get("consumers", ApiAccess.Viewer, "All consumers.", static request => ListConsumersAsync(request, null)),
        ApiRoutes.Get("consumers/{vhost}", ApiAccess.Viewer, "All consumers in a virtual host.", static request => ListConsumersAsync(request, request.VirtualHost)),
    ];

    private static Func<T, bool> OfVirtualHost<T>(ApiRequest request, Func<T, string> virtualHostOf)
    {
        var name = VirtualHostRoutes.Existing(request).Name;
        return item => virtualHostOf(item) == name;
    }

    private static bool MaySee(ApiRequest request, string user) => request.User.IsMonitor || request.User.Name == user;

    private static async Task ListAsync(ApiRequest request, Func<ConnectionInfo, bool> isWanted)
    {
        var all = await request.Broker.View.ListConnectionsAsync(null, request.Ended).ConfigureAwait(false);
        await request.List(all.Where(one => MaySee(request, one.User) && isWanted(one)).Select(ClientJson.ObjectOf), Sorts).ConfigureAwait(false);
    }

    private static async Task<ConnectionInfo> ExistingAsync(ApiRequest request, bool isToClose)
    {
        var found = await request.Broker.View.ConnectionAsync(request.Value("connection"), Samples.RangeOf(request), request.Ended).ConfigureAwait(false)
            ?? throw ApiErrorException.ObjectNotFound();
        return (isToClose ? request.User.IsAdministrator || request.User.Name == found.User : MaySee(request, found.User))
            ? found
            : throw ApiErrorException.NotAuthorised("User not authorised to access object");
    }

    private static async Task GetAsync(ApiRequest request) =>
        await request.Item(ClientJson.ObjectOf(await ExistingAsync(request, isToClose: false).ConfigureAwait(false))).ConfigureAwait(false);

    private static async Task CloseAsync(ApiRequest request)
    {
        var connection = await ExistingAsync(request, isToClose: true).ConfigureAwait(false);
        await request.Broker.View.CloseConnectionAsync(connection.Name, ReasonOf(request), request.Ended).ConfigureAwait(false);
        await request.NoContent().ConfigureAwait(false);
    }

    private static async Task CloseOfUserAsync(ApiRequest request)
    {
        var user = request.Value("username");
        if (!request.User.IsAdministrator && request.User.Name != user)
        {
            throw ApiErrorException.NotAuthorised("User not authorised to access object");
        }

        foreach (var connection in await request.Broker.View.ListConnectionsAsync(null, request.Ended).ConfigureAwait(false))
        {
            if (connection.User == user)
            {
                await request.Broker.View.CloseConnectionAsync(connection.Name, ReasonOf(request), request.Ended).ConfigureAwait(false);
            }
        }

        await request.NoContent().ConfigureAwait(false);
    }

    private static string ReasonOf(ApiRequest request)
    {
        var given = request.Http.Request.Headers["X-Reason"].ToString();
        return given.Length > 0 ? given : "Closed via management plugin";
    }

    private static async Task ListChannelsOfConnectionAsync(ApiRequest request)
    {
        var connection = await ExistingAsync(request, isToClose: false).ConfigureAwait(false);
        await ListChannelsAsync(request, channel => channel.Connection == connection.Name).ConfigureAwait(false);
    }

    private static async Task SessionsAsync(ApiRequest request)
    {
        await ExistingAsync(request, isToClose: false).ConfigureAwait(false);
        throw ApiErrorException.BadRequest("connection does not use AMQP 1.0");
    }

    private static async Task ListChannelsAsync(ApiRequest request, Func<ChannelInfo, bool> isWanted)
    {
        var all = await request.Broker.View.ListChannelsAsync(null, request.Ended).ConfigureAwait(false);
        await request.List(all.Where(one => MaySee(request, one.User) && isWanted(one)).Select(ClientJson.ObjectOf), ChannelSorts).ConfigureAwait(false);
    }

    private static async Task GetChannelAsync(ApiRequest request)
    {
        var view = request.Broker.View;
        var found = await view.ChannelAsync(request.Value("channel"), Samples.RangeOf(request), request.Ended).ConfigureAwait(false)
            ?? throw ApiErrorException.ObjectNotFound();
        if (!MaySee(request, found.User))
        {
            throw ApiErrorException.NotAuthorised("User not authorised to access object");
        }

        var item = ClientJson.ObjectOf(found);
        await PairJson.AddToAsync(item, request, found).ConfigureAwait(false);
        var consumers = await view.ListConsumersAsync(found.VirtualHost, request.Ended).ConfigureAwait(false);
        item["consumer_details"] = new JsonArray(
            [.. consumers.Where(consumer => consumer.Connection == found.Connection && consumer.Channel == found.Number).Select(ClientJson.ObjectOf)]);
        await request.Item(item).ConfigureAwait(false);
    }

    private static async Task ListConsumersAsync(ApiRequest request, string? virtualHost)
    {
        HashSet<string> visible = [.. await AccessGate.VisibleAsync(request).ConfigureAwait(false)];
        var all = await request.Broker.View.ListConsumersAsync(virtualHost, request.Ended).ConfigureAwait(false);
        await request.List(all.Where(one => visible.Contains(one.VirtualHost)).Select(ClientJson.ObjectOf)).ConfigureAwait(false);
    }
}
