using System.Net;
using System.Text;
using ActorBroker.Management.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorBroker.Management.Http;

/// <summary>What the API can do, for tools and for people; for anybody to read, since it says nothing of the broker.</summary>
internal static class DescriptionPages
{
    public static void Map(IEndpointRouteBuilder routes, RouteTable table)
    {
        var document = ApiJson.Write(OpenApiDocument.Of(table)).ToArray();
        var page = Encoding.UTF8.GetBytes(PageOf(table));
        routes.MapGet("/api/openapi.json", context => AnswerAsync(context, "application/json", document));
        routes.MapGet("/api/index.html", context => AnswerAsync(context, "text/html; charset=utf-8", page));
        routes.MapGet("/api", static context =>
        {
            context.Response.Redirect("/api/index.html");
            return Task.CompletedTask;
        });
    }

    private static async Task AnswerAsync(HttpContext context, string type, byte[] content)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        await context.Response.Body.WriteAsync(content, context.RequestAborted).ConfigureAwait(false);
    }

    private static string PageOf(RouteTable table)
    {
        var page = new StringBuilder(
            """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>ActorBroker management API</title>
            <style>body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}td{padding:.15em .8em .15em 0;vertical-align:top}
            code{white-space:nowrap}h2{margin-bottom:.2em}</style>
            <h1>ActorBroker management API</h1>
            <p>RabbitMQ's routes, and some beyond them. For tools: <a href="/api/openapi.json">openapi.json</a>. Values in paths are
            percent-encoded: the virtual host <code>/</code> is <code>%2F</code>. Lists understand <code>sort</code>, <code>sort_reverse</code>,
            <code>columns</code>, <code>page</code>, <code>page_size</code>, <code>name</code> and <code>use_regex</code>; figures
            <code>msg_rates_age</code> with <code>msg_rates_incr</code>, and likewise <code>lengths</code> and <code>data_rates</code>;
            lists of queues <code>disable_stats</code> and <code>enable_queue_totals</code>.</p>

            """);
        foreach (var part in table.Routes.GroupBy(static route => route.Segments[0]).OrderBy(static part => part.Key, StringComparer.Ordinal))
        {
            page.Append("<h2>").Append(WebUtility.HtmlEncode(part.Key)).Append("</h2><table>");
            foreach (var route in part)
            {
                page.Append("<tr><td><code>").Append(route.Method).Append("</code><td><code>/api/").Append(WebUtility.HtmlEncode(route.Template))
                    .Append("</code><td>").Append(WebUtility.HtmlEncode(route.Summary)).Append('\n');
            }

            page.Append("</table>");
        }

        return page.ToString();
    }
}
