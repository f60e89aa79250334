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
        routes.MapGet("/api/health/checks/port-listener/{port:int}", context =>
        {
            var port = (string)context.Request.RouteValues["port"]!;
            var isOpen = health.Listeners.Any(listener => $"{listener.EndPoint.Port}" == port);
            return CheckAsync(context, isOpen, $"no active listener on port {port}");
        });
    }

    private static bool IsReady(INodeHealth health) => health is { HasJoined: true, ReachesJournal: true, IsServing: true };

    private static string ReadyText(INodeHealth health) =>
        $$"""{"status":"{{(IsReady(health) ? "ready" : "unready")}}","joined":{{Word(health.HasJoined)}},"journal":{{Word(health.ReachesJournal)}},"serving":{{Word(health.IsServing)}}}""";

    private static string Word(bool value) => value ? "true" : "false";

    private static Task CheckAsync(HttpContext context, bool isWell, string reason) =>
        AnswerAsync(context, isWell, isWell ? "{\"status\":\"ok\"}" : $$"""{"status":"failed","reason":"{{reason}}"}""");

    private static Task AnswerAsync(HttpContext context, bool isWell, string text)
    {
        context.Response.StatusCode = isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
