using System.Net;
using System.Text.Json.Nodes;
using ActorBroker.Contracts.Options;
using ActorBroker.Management.Nodes;
using Akka.Actor;
using Akka.Event;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ActorBroker.Management.Http;

/// <summary>From a request to its operation: finds it, lets its user in, and answers what goes wrong in RabbitMQ's form.</summary>
internal sealed class ApiPipeline(ManagedNode node, ManagementOptions options, RouteTable routes)
{
    private const string Prefix = "/api/";
    private const long FormMax = 16 * 1024;

    /// <summary>Whether the request is for the API.</summary>
    public static bool IsFor(HttpContext context) => PathOf(context).StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Answers the request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        try
        {
            context.Response.Headers.CacheControl = "no-cache";
            context.Response.Headers.Vary = "accept, accept-encoding, origin";
            await AnswerOperationAsync(context).ConfigureAwait(false);
        }
        catch (ApiErrorException error)
        {
            await AnswerAsync(context, error).ConfigureAwait(false);
        }
        catch (AskTimeoutException failure)
        {
            await AnswerAsync(context, ApiErrorException.Unavailable(failure.Message)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
        catch (IOException failure) when (failure is not BadHttpRequestException && (context.RequestAborted.IsCancellationRequested || context.Response.HasStarted))
        {
            context.Abort();
        }
        catch (IOException failure) when (failure is not BadHttpRequestException)
        {
            // The body has ended too early, or is none of the kind that it says it is.
            await AnswerAsync(context, ApiErrorException.BadRequest("failed_to_read_body")).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or BadHttpRequestException))
        {
            if (node.Broker is { } broker)
            {
                Logging.GetLogger(broker.System, typeof(ApiPipeline)).Error(failure, "{0} {1} failed", context.Request.Method, PathOf(context));
            }

            await AnswerAsync(context, new ApiErrorException(500, "internal_server_error", failure.Message)).ConfigureAwait(false);
        }
    }

    private async Task AnswerOperationAsync(HttpContext context)
    {
        var segments = SegmentsOf(PathOf(context));
        if (!routes.TryFind(segments, out var operations))
        {
            throw ApiErrorException.ObjectNotFound();
        }

        Cors.Allow(context, options, MethodsOf(operations));
        var method = context.Request.Method == "HEAD" ? "GET" : context.Request.Method;
        if (!operations.TryGetValue(method, out var route))
        {
            AnswerWithMethods(context, operations);
            return;
        }

        var broker = node.Broker ?? (route.IsForStoppedNode ? node.Stopped : null) ?? throw NotServing();
        var values = RouteTable.ValuesOf(route, segments);
        var credentials = route.Template == ClusterRoutes.Login ? await FormCredentialsAsync(context).ConfigureAwait(false) : CredentialsOf(context, route);
        if (credentials is null)
        {
            AskForCredentials(context);
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var user = await AccessGate.LoginAsync(broker, credentials, PeerOf(context), context.RequestAborted).ConfigureAwait(false);
        await AccessGate.CheckAsync(broker, user, route, values).ConfigureAwait(false);
        await route.Handler(new ApiRequest(context, values, broker, user)).ConfigureAwait(false);
    }

    private ApiErrorException NotServing() => node.Stopped is null
        ? ApiErrorException.Unavailable("the node does not serve clients")
        : new ApiErrorException(StatusCodes.Status503ServiceUnavailable, NodeStateRoutes.StoppedError, "the node was stopped by an operator: POST /api/node/start starts it");

    private static void AnswerWithMethods(HttpContext context, IReadOnlyDictionary<string, ApiRoute> operations)
    {
        context.Response.Headers.Allow = string.Join(", ", MethodsOf(operations));
        context.Response.ContentLength = 0;
        context.Response.StatusCode = context.Request.Method == "OPTIONS" ? StatusCodes.Status200OK : StatusCodes.Status405MethodNotAllowed;
    }

    private static IEnumerable<string> MethodsOf(IReadOnlyDictionary<string, ApiRoute> operations)
    {
        IEnumerable<string> reading = operations.ContainsKey("GET") ? ["HEAD", "GET"] : [];
        return reading.Concat(operations.Keys.Where(static key => key != "GET").Order(StringComparer.Ordinal)).Append("OPTIONS");
    }

    private static void AskForCredentials(HttpContext context) =>
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"RabbitMQ Management\"";

    private static async Task AnswerAsync(HttpContext context, ApiErrorException error)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        if (error.Error == AccessGate.LoginError)
        {
            AskForCredentials(context);
        }

        await ApiRequest.WriteAsync(context, error.Status, new JsonObject { ["error"] = error.Error, ["reason"] = error.Reason.DeepClone() })
            .ConfigureAwait(false);
    }

    // A link to download a file has no headers, so that RabbitMQ takes credentials in the query there.
    private static BasicCredentials? CredentialsOf(HttpContext context, ApiRoute route) =>
        BasicCredentials.Parse(context.Request.Headers.Authorization)
        ?? (route.Segments[0] == "definitions" && context.Request.Query.TryGetValue("auth", out var token) && token.Count == 1
            ? BasicCredentials.ParseToken(token[0]!)
            : null);

    // A page's form; what has neither name nor password is nobody.
    private static async Task<BasicCredentials> FormCredentialsAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType || context.Request.ContentLength is null or > FormMax)
        {
            return new BasicCredentials(string.Empty, string.Empty);
        }

        var form = await ApiRequest.FormAsync(context).ConfigureAwait(false);
        return new BasicCredentials(form["username"].ToString(), form["password"].ToString());
    }

    private static IPAddress PeerOf(HttpContext context) =>
        context.Connection.RemoteIpAddress is not { } address ? IPAddress.None : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string PathOf(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? target : target[..end];
        return path.StartsWith('/') ? path : context.Request.Path.Value ?? string.Empty;
    }

    private static List<string> SegmentsOf(string path)
    {
        var segments = path[Prefix.Length..].Split('/').Select(Uri.UnescapeDataString).ToList();
        if (segments.Count > 1 && segments[^1].Length == 0)
        {
            segments.RemoveAt(segments.Count - 1);
        }

        return segments;
    }
}
