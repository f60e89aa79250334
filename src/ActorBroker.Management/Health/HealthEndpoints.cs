using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorBroker.Management.Health;

/// <summary>
/// Probes of orchestrators and load balancers, for anybody to ask: 200, or 503 where it is not so. Beside our own those of
/// RabbitMQ's <c>/api/health/checks</c> that need no more than the node's own knowledge, with its answers.
/// </summary>
public static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, INodeHealth health)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(health);
        routes.MapGet("/health/live", static context => AnswerAsync(context, isWell: true, "{\"status\":\"live\"}"));
        routes.MapGet("/health/ready", context => AnswerAsync(context, IsReady(health), ReadyText(health)));
        routes.MapGet("/api/health/checks/is-in-service", context => CheckAsync(context, IsReady(health), "the node does not serve clients"));
        routes.MapGet(
            "/api/health/checks/ready-to-serve-clients", context => CheckAsync(context, IsReady(health), "the node does not serve clients"));
        routes.MapGet("/api/health/checks/port-listener/{port}", context => AnswerPortAsync(context, health));
    }

    private static Task AnswerPortAsync(HttpContext context, INodeHealth health)
    {
        if (!int.TryParse((string)context.Request.RouteValues["port"]!, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return AnswerAsync(context, StatusCodes.Status400BadRequest, """{"error":"bad_request","reason":"Invalid port"}""");
        }

        var ports = health.Listeners.Select(static listener => listener.EndPoint.Port).ToList();
        return ports.Contains(port)
            ? AnswerAsync(context, StatusCodes.Status200OK, $$"""{"status":"ok","port":{{port}}}""")
            : AnswerAsync(
                context, StatusCodes.Status503ServiceUnavailable,
                $$"""{"status":"failed","reason":"No active listener","missing":{{port}},"ports":[{{string.Join(',', ports)}}]}""");
    }

    private static bool IsReady(INodeHealth health) => health is { HasJoined: true, ReachesJournal: true, IsServing: true };

    private static string ReadyText(INodeHealth health) =>
        $$"""{"status":"{{(IsReady(health) ? "ready" : "unready")}}","joined":{{Word(health.HasJoined)}},"journal":{{Word(health.ReachesJournal)}},"serving":{{Word(health.IsServing)}}}""";

    private static string Word(bool value) => value ? "true" : "false";

    private static Task CheckAsync(HttpContext context, bool isWell, string reason) =>
        AnswerAsync(context, isWell, isWell ? "{\"status\":\"ok\"}" : $$"""{"status":"failed","reason":"{{reason}}"}""");

    private static Task AnswerAsync(HttpContext context, bool isWell, string text) =>
        AnswerAsync(context, isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, text);

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
