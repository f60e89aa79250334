using System.Net;
using System.Text.Json.Nodes;
using ActorBroker.Core.Names;
using ActorBroker.Management.Json;
using Microsoft.AspNetCore.Http;

namespace ActorBroker.Management.Http;

/// <summary>A request to one of the API's operations, and its answer. Whoever made it may use the operation.</summary>
/// <param name="context">The request of the HTTP server.</param>
/// <param name="values">The values in its path, decoded.</param>
/// <param name="broker">What is managed.</param>
/// <param name="user">Who has made it.</param>
internal sealed class ApiRequest(HttpContext context, IReadOnlyDictionary<string, string> values, ManagedBroker broker, ApiUser user)
{
    // One that is larger is answered by 400, as RabbitMQ does; the server's own limit is twice that.
    public const long BodyMax = 10_000_000;

    /// <summary>What is managed.</summary>
    public ManagedBroker Broker => broker;

    /// <summary>Who has made the request.</summary>
    public ApiUser User => user;

    /// <summary>The request of the HTTP server.</summary>
    public HttpContext Http => context;

    /// <summary>The client has gone, or the server stops.</summary>
    public CancellationToken Ended => context.RequestAborted;

    /// <summary>Where the client has come from.</summary>
    public IPEndPoint Peer => new(PlainAddress(context.Connection.RemoteIpAddress), context.Connection.RemotePort);

    /// <summary>Who asks for a change, from where and when.</summary>
    public Origin Origin => new(user.Name, Peer.ToString(), broker.Clock.GetUtcNow());

    /// <summary>The virtual host in the path.</summary>
    public string VirtualHost => values["vhost"];

    /// <summary>A value in the path.</summary>
    public string Value(string name) => values[name];

    /// <summary>A value of the query, or null.</summary>
    public string? Query(string name) => context.Request.Query.TryGetValue(name, out var found) ? found[^1] : null;

    /// <summary>Whether the query says yes to something.</summary>
    public bool IsOn(string name) => Query(name) == "true";

    /// <summary>The body's object; an empty one where there is no body.</summary>
    /// <exception cref="ApiErrorException">It is no JSON object, or too large.</exception>
    public async Task<JsonObject> BodyAsync() => ApiJson.Parse(await BytesAsync().ConfigureAwait(false));

    /// <summary>The body's bytes.</summary>
    /// <exception cref="ApiErrorException">They are too many.</exception>
    public async Task<byte[]> BytesAsync()
    {
        if (context.Request.ContentLength > BodyMax)
        {
            throw TooLarge();
        }

        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(chunk, Ended).ConfigureAwait(false)) > 0)
        {
            if (buffer.Length + read > BodyMax)
            {
                throw TooLarge();
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    /// <summary>The body's fields and files, of a page's form.</summary>
    /// <exception cref="ApiErrorException">It is no form.</exception>
    public static async Task<IFormCollection> FormAsync(HttpContext context)
    {
        try
        {
            return await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            throw ApiErrorException.BadRequest("failed_to_parse_form");
        }
    }

    /// <summary>200 with this JSON.</summary>
    public Task Json(JsonNode node) => WriteAsync(StatusCodes.Status200OK, node);

    /// <summary>200 with a list, sorted, filtered and cut as the query says.</summary>
    /// <param name="items">All items that the user may see.</param>
    /// <param name="defaultSorts">The fields that the list is sorted by.</param>
    public Task List(IEnumerable<JsonObject> items, params string[] defaultSorts) =>
        Json(ListQuery.Read(this).Apply(items, defaultSorts));

    /// <summary>200 with an item, cut to the columns that the query asks for.</summary>
    public Task Item(JsonObject item) => Json(ListQuery.Read(this).Cut(item));

    /// <summary>204.</summary>
    public Task NoContent()
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>201.</summary>
    /// <param name="location">Where to find what was made, relative to the request's path; null to leave that out.</param>
    public Task Created(string? location = null)
    {
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentLength = 0;
        if (location is not null)
        {
            context.Response.Headers.Location = location;
        }

        return Task.CompletedTask;
    }

    /// <summary>201 where it was not there before, else 204: what a PUT is answered by.</summary>
    public Task Put(bool isNew) => isNew ? Created() : NoContent();

    /// <summary>An answer with this JSON.</summary>
    public Task WriteAsync(int status, JsonNode node) => WriteAsync(context, status, node);

    /// <summary>An answer with this JSON.</summary>
    public static async Task WriteAsync(HttpContext context, int status, JsonNode node)
    {
        var bytes = ApiJson.Write(node);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    private static IPAddress PlainAddress(IPAddress? address) =>
        address is null ? IPAddress.None : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static ApiErrorException TooLarge() => ApiErrorException.BadRequest("Exceeded HTTP request body size limit");
}
