using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using Microsoft.AspNetCore.Http;

namespace ActorBroker.Management.Definitions;

/// <summary>Definitions: everything that was declared and set, in one file that RabbitMQ understands.</summary>
internal static class DefinitionsRoutes
{
    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("definitions", ApiAccess.Administrator, "Exports everything; download names the file.", ExportAllAsync),
        ApiRoutes.Post("definitions", ApiAccess.Administrator, "Imports: makes what the file says and is not there yet.", static request => ImportAsync(request, null)),
        ApiRoutes.Get("all-configuration", ApiAccess.Administrator, "The old name of definitions.", ExportAllAsync),
        ApiRoutes.Post("all-configuration", ApiAccess.Administrator, "The old name of definitions.", static request => ImportAsync(request, null)),
        ApiRoutes.Get("definitions/{vhost}", ApiAccess.Administrator, "Exports what is in a virtual host.", static async request =>
            await AnswerAsync(request, await DefinitionsExport.OfVirtualHostAsync(request, request.VirtualHost).ConfigureAwait(false)).ConfigureAwait(false)),
        ApiRoutes.Post("definitions/{vhost}", ApiAccess.Administrator, "Imports into a virtual host.", static request => ImportAsync(request, request.VirtualHost)),
    ];

    private static async Task ExportAllAsync(ApiRequest request) =>
        await AnswerAsync(request, await DefinitionsExport.AllAsync(request).ConfigureAwait(false)).ConfigureAwait(false);

    private static Task AnswerAsync(ApiRequest request, JsonObject definitions)
    {
        var headers = request.Http.Response.Headers;
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(ApiJson.Write(definitions).Span).AsSpan(0, 16))}\"";
        headers.ETag = tag;
        if (request.Http.Request.Headers.IfNoneMatch == tag)
        {
            request.Http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        if (request.Query("download") is { } file)
        {
            headers.ContentDisposition = $"attachment; filename={string.Concat(file.Where(static letter => letter is > ' ' and < (char)127 and not (';' or '"')))}";
        }

        return request.Json(definitions);
    }

    private static async Task ImportAsync(ApiRequest request, string? virtualHost)
    {
        var body = await BodyAsync(request).ConfigureAwait(false);
        await new DefinitionsImport(request, body, virtualHost).RunAsync().ConfigureAwait(false);
        await request.NoContent().ConfigureAwait(false);
    }

    // A browser's form sends the file as a part of its own.
    private static async Task<JsonObject> BodyAsync(ApiRequest request)
    {
        if (!request.Http.Request.HasFormContentType)
        {
            return await request.BodyAsync().ConfigureAwait(false);
        }

        var form = await ApiRequest.FormAsync(request.Http).ConfigureAwait(false);
        var file = form.Files.GetFile("file") ?? throw ApiErrorException.BadRequest("failed_to_parse_json");
        if (file.Length > ApiRequest.BodyMax)
        {
            throw ApiErrorException.BadRequest("Exceeded HTTP request body size limit");
        }

        using var content = new MemoryStream();
        await file.CopyToAsync(content, request.Ended).ConfigureAwait(false);
        return ApiJson.Parse(content.ToArray());
    }
}
