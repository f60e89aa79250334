using System.Net.Http.Headers;
using ActorBroker.Contracts.Options;

namespace ActorBroker.Connections.Logins;

/// <summary>Asks the service: parameters in, <c>allow</c> or <c>deny</c> out, both with a text behind (RabbitMQ: rabbitmq_auth_backend_http).</summary>
/// <param name="client">With a limit for the time and the length of answers.</param>
/// <param name="posts">By POST, with a form; otherwise by GET.</param>
public sealed class HttpQuestions(HttpClient client, bool posts)
{
    private const string Allow = "allow";

    /// <summary>What follows <c>allow</c>; null for <c>deny</c>.</summary>
    /// <exception cref="HttpRequestException">There is no answer, or another one.</exception>
    public async Task<string?> AskAsync(Uri url, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent(parameters);
        var answer = posts
            ? await SendAsync(new HttpRequestMessage(HttpMethod.Post, url) { Content = form }, cancellation).ConfigureAwait(false)
            : await SendAsync(
                new HttpRequestMessage(HttpMethod.Get, WithQuery(url, await form.ReadAsStringAsync(cancellation).ConfigureAwait(false))), cancellation).ConfigureAwait(false);
        var text = answer.Trim();
        if (text.StartsWith(Allow, StringComparison.OrdinalIgnoreCase))
        {
            return text[Allow.Length..];
        }

        return text.StartsWith("deny", StringComparison.OrdinalIgnoreCase)
            ? null
            : throw new HttpRequestException($"{url.GetLeftPart(UriPartial.Path)} answers neither allow nor deny");
    }

    private async Task<string> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using (request)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/plain"));
            try
            {
                using var response = await client.SendAsync(request, cancellation).ConfigureAwait(false);
                response.EnsureSuccessStatusCode();
                return await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            }
            catch (TaskCanceledException failure) when (!cancellation.IsCancellationRequested)
            {
                throw new HttpRequestException($"{request.RequestUri!.GetLeftPart(UriPartial.Path)} does not answer in time", failure);
            }
        }
    }

    private static Uri WithQuery(Uri url, string query) => new UriBuilder(url) { Query = url.Query.Length > 1 ? $"{url.Query[1..]}&{query}" : query }.Uri;
}
