using ActorBroker.Contracts.Options;
using Microsoft.AspNetCore.Http;

namespace ActorBroker.Management.Http;

/// <summary>Which pages of other origins may use the API by their user's browser: none, unless the configuration names them.</summary>
internal static class Cors
{
    /// <summary>Says what the browser has to know.</summary>
    public static void Allow(HttpContext context, ManagementOptions options, IEnumerable<string> methods)
    {
        var request = context.Request.Headers;
        var origin = request.Origin.ToString();
        if (origin.Length == 0 || !(options.CorsOrigins.Contains(origin) || options.CorsOrigins.Contains("*")))
        {
            return;
        }

        // As RabbitMQ: with credentials a browser takes no star for an origin.
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowCredentials = "true";
        headers.AccessControlExposeHeaders = "Location";
        if (context.Request.Method != "OPTIONS")
        {
            return;
        }

        headers.AccessControlAllowMethods = string.Join(", ", methods);
        headers.AccessControlMaxAge = $"{(long)options.CorsMaxAge.TotalSeconds}";
        if (request.AccessControlRequestHeaders.Count > 0)
        {
            headers.AccessControlAllowHeaders = request.AccessControlRequestHeaders;
        }
    }
}
