using System.Net;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ActorBroker.Management.Metrics;

/// <summary>The node's metrics over HTTP, for Prometheus. It lives as long as the process.</summary>
public static class MetricsServer
{
    /// <summary>Binds the listener <c>prometheus</c>.</summary>
    /// <param name="listener">Where.</param>
    /// <param name="view">What there is; null while the node does not serve.</param>
    /// <exception cref="StartupException">The address cannot be bound; the message names it.</exception>
    public static Task<ManagementServer> StartAsync(ListenerOptions listener, Func<IManagementView?> view) =>
        ManagementServer.BindAsync(listener, certificates: null, application =>
        {
            application.MapGet("/metrics", (HttpContext context) => AnswerAsync(context, view, static (page, _) => page.WriteAsync(perObject: false)));
            application.MapGet("/metrics/per-object", (HttpContext context) => AnswerAsync(context, view, static (page, _) => page.WriteAsync(perObject: true)));
            application.MapGet("/metrics/detailed", (HttpContext context) => AnswerAsync(context, view, static (page, query) =>
                page.WriteDetailedAsync(Values(query, "family"), Values(query, "vhost"))));
        });

    private static Task AnswerAsync(HttpContext context, Func<IManagementView?> view, Func<MetricsPage, IQueryCollection, Task> write)
    {
        if (view() is not { } running)
        {
            context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
            return Task.CompletedTask;
        }

        context.Response.ContentType = MetricsText.ContentType;
        var body = context.Response.BodyWriter;
        return write(new MetricsPage(running, body, () => body.FlushAsync(context.RequestAborted).AsTask()), context.Request.Query);
    }

    private static HashSet<string> Values(IQueryCollection query, string name) =>
        [.. query[name].OfType<string>().Where(static value => value.Length > 0)];
}
