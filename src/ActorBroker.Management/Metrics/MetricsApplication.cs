using System.Net;
using System.Net.Sockets;
using ActorBroker.Management.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ActorBroker.Management.Metrics;

/// <summary>What the listener <c>prometheus</c> serves: the node's metrics.</summary>
/// <param name="node">What is measured.</param>
internal sealed class MetricsApplication(ManagedNode node)
{
    /// <summary>Starts to serve.</summary>
    public Task<IAsyncDisposable> StartAsync(BoundPort port, Socket first) => HttpApplication.StartAsync(port, first, certificates: null, Map);

    private void Map(WebApplication application)
    {
        application.MapGet("/metrics", (HttpContext context) => AnswerAsync(context, static (page, _) => page.WriteAsync(perObject: false)));
        application.MapGet("/metrics/per-object", (HttpContext context) => AnswerAsync(context, static (page, _) => page.WriteAsync(perObject: true)));
        application.MapGet("/metrics/memory-breakdown", (HttpContext context) => AnswerAsync(context, static (page, _) => page.WriteMemoryAsync()));
        application.MapGet("/metrics/detailed", (HttpContext context) => AnswerAsync(context, static (page, query) =>
            page.WriteDetailedAsync(Values(query, "family"), Values(query, "vhost"))));
    }

    private Task AnswerAsync(HttpContext context, Func<MetricsPage, IQueryCollection, Task> write)
    {
        if (node.Broker?.View is not { } running)
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
