using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorBroker.CommandLine.Api;

/// <summary>
/// Asks the management HTTP API. What the broker refuses is an <see cref="ApiException"/>, a broker that does not answer an
/// <see cref="ApiUnreachableException"/>. For one caller at a time or several.
/// </summary>
public sealed class ManagementClient : IDisposable
{
    private const string Json = "application/json";

    private readonly ManagementEndpoint _endpoint;
    private readonly HttpClient _http;
    private readonly AuthenticationHeaderValue _credentials;
    private readonly string _root;

    /// <summary>Connects to nobody before it is asked something.</summary>
    /// <exception cref="FormatException">The file of authorities cannot be read.</exception>
    public ManagementClient(ManagementEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _endpoint = endpoint;
        _http = new HttpClient(ServerTrust.HandlerOf(endpoint)) { Timeout = Timeout.InfiniteTimeSpan };
        _credentials = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{endpoint.User}:{endpoint.Password}")));
        _root = endpoint.Address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/api/";
    }

    /// <summary>Reads a resource; null when the answer is empty.</summary>
    public async Task<JsonNode?> GetAsync(ApiPath path, CancellationToken cancelled = default)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, null, HttpCompletionOption.ResponseContentRead, cancelled).ConfigureAwait(false);
        return await ReadAsync(answer, cancelled).ConfigureAwait(false);
    }

    /// <summary>Reads a list: a whole one, or the items of a page.</summary>
    public async Task<JsonArray> ListAsync(ApiPath path, CancellationToken cancelled = default) =>
        await GetAsync(path, cancelled).ConfigureAwait(false) switch
        {
            JsonArray list => list,
            JsonObject page when page["items"] is JsonArray items => items,
            _ => throw NotTheApi("its answer is not a list"),
        };

    /// <summary>Creates or changes a resource.</summary>
    /// <returns>Whether it is new.</returns>
    public async Task<bool> PutAsync(ApiPath path, JsonNode body, CancellationToken cancelled = default)
    {
        using var content = ContentOf(body);
        using var answer = await SendAsync(HttpMethod.Put, path, content, null, HttpCompletionOption.ResponseContentRead, cancelled).ConfigureAwait(false);
        return answer.StatusCode == HttpStatusCode.Created;
    }

    /// <summary>Has something done; null when the answer is empty.</summary>
    public async Task<JsonNode?> PostAsync(ApiPath path, JsonNode body, CancellationToken cancelled = default)
    {
        using var content = ContentOf(body);
        using var answer = await SendAsync(HttpMethod.Post, path, content, null, HttpCompletionOption.ResponseContentRead, cancelled).ConfigureAwait(false);
        return await ReadAsync(answer, cancelled).ConfigureAwait(false);
    }

    /// <summary>Removes a resource, or closes a connection.</summary>
    /// <param name="path">What.</param>
    /// <param name="reason">What the client at the other end of a connection is told; null for the broker's own words.</param>
    /// <param name="cancelled">Ends the waiting.</param>
    public async Task DeleteAsync(ApiPath path, string? reason = null, CancellationToken cancelled = default)
    {
        using var answer = await SendAsync(HttpMethod.Delete, path, null, reason, HttpCompletionOption.ResponseContentRead, cancelled).ConfigureAwait(false);
    }

    /// <summary>Copies a resource as it comes.</summary>
    public async Task DownloadAsync(ApiPath path, Stream to, CancellationToken cancelled = default)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, null, HttpCompletionOption.ResponseHeadersRead, cancelled).ConfigureAwait(false);
        try
        {
            await answer.Content.CopyToAsync(to, cancelled).ConfigureAwait(false);
        }
        catch (HttpRequestException failure)
        {
            throw new ApiUnreachableException(_endpoint.Address, failure.Message, failure);
        }
    }

    /// <summary>Posts JSON as it comes; the answer may take as long as it does.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="from">UTF-8 text; it is not closed.</param>
    /// <param name="cancelled">Ends it.</param>
    public async Task UploadAsync(ApiPath path, Stream from, CancellationToken cancelled = default)
    {
        using var content = new StreamContent(from);
        content.Headers.ContentType = new MediaTypeHeaderValue(Json);
        using var answer = await SendAsync(HttpMethod.Post, path, content, null, HttpCompletionOption.ResponseContentRead, cancelled, Timeout.InfiniteTimeSpan).ConfigureAwait(false);
    }

    /// <summary>Ends its connections.</summary>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, ApiPath path, HttpContent? content, string? reason, HttpCompletionOption completion, CancellationToken cancelled, TimeSpan? limit = null)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        ended.CancelAfter(limit ?? _endpoint.Timeout);

        // What is encoded in names stays so: a queue's name may be "..".
        var address = new Uri(_root + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, address) { Content = content };
        request.Headers.Authorization = _credentials;
        if (reason is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Reason", reason.ReplaceLineEndings(" "));
        }

        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, completion, ended.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException failure)
        {
            throw new ApiUnreachableException(_endpoint.Address, (failure.InnerException ?? failure).Message, failure);
        }
        catch (OperationCanceledException failure) when (!cancelled.IsCancellationRequested)
        {
            throw new ApiUnreachableException(_endpoint.Address, string.Create(CultureInfo.InvariantCulture, $"no answer within {_endpoint.Timeout.TotalSeconds} s"), failure);
        }

        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            throw ApiException.Of(answer.StatusCode, await answer.Content.ReadAsStringAsync(cancelled).ConfigureAwait(false), path);
        }
    }

    private async Task<JsonNode?> ReadAsync(HttpResponseMessage answer, CancellationToken cancelled)
    {
        var bytes = await answer.Content.ReadAsByteArrayAsync(cancelled).ConfigureAwait(false);
        try
        {
            return bytes.Length == 0 ? null : JsonNode.Parse(bytes);
        }
        catch (JsonException)
        {
            throw NotTheApi("its answer is not JSON");
        }
    }

    private ApiUnreachableException NotTheApi(string reason) => new(_endpoint.Address, $"something else answers there, {reason}");

    private static StringContent ContentOf(JsonNode body) => new(body.ToJsonString(), Encoding.UTF8, Json);
}
