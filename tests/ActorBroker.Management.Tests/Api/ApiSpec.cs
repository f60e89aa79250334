using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

/// <summary>Asks the API of a broker that the tests share; each makes virtual hosts and users of its own.</summary>
[Collection(nameof(ApiCollection))]
public abstract class ApiSpec(ApiFixture fixture)
{
    private static readonly HttpClient Client = new();

    protected ApiFixture Fixture => fixture;

    /// <summary>An answer of the API.</summary>
    protected sealed record Answer(HttpStatusCode Status, string Text, HttpResponseHeaders Headers)
    {
        public JsonNode Json => JsonNode.Parse(Text)!;

        public JsonArray Items => Json.AsArray();

        /// <summary>RabbitMQ's reason for an error.</summary>
        public string Reason => (string)Json["reason"]!;
    }

    protected Task<Answer> GetAsync(string path, string user = "guest") => SendAsync(HttpMethod.Get, path, null, user);

    protected Task<Answer> PutAsync(string path, string body = "{}", string user = "guest") => SendAsync(HttpMethod.Put, path, body, user);

    protected Task<Answer> PostAsync(string path, string body = "{}", string user = "guest") => SendAsync(HttpMethod.Post, path, body, user);

    protected Task<Answer> DeleteAsync(string path, string user = "guest") => SendAsync(HttpMethod.Delete, path, null, user);

    /// <summary>Asks as a user whose password is the name.</summary>
    protected async Task<Answer> SendAsync(HttpMethod method, string path, string? body, string? user)
    {
        // An address is not to be tidied up on its way.
        var address = new Uri($"http://{fixture.EndPoint}/api/{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, address);
        if (user is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{user}")));
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await Client.SendAsync(request);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }

    /// <summary>Asks until the answer is as it should be: queues hear of some changes a little later than those who ask for them.</summary>
    protected async Task<JsonNode> ToldAsync(string path, Func<JsonNode, bool> isRight)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var told = (await GetAsync(path)).Json;
            if (isRight(told))
            {
                return told;
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>A virtual host of this test's own; its name needs no escapes.</summary>
    protected async Task<string> VirtualHostAsync()
    {
        var name = $"v{Guid.NewGuid():N}";
        Assert.Equal(HttpStatusCode.Created, (await PutAsync($"vhosts/{name}")).Status);
        return name;
    }

    /// <summary>A user whose password is the name.</summary>
    protected async Task<string> UserAsync(string tags)
    {
        var name = $"u{Guid.NewGuid():N}";
        Assert.Equal(HttpStatusCode.Created, (await PutAsync($"users/{name}", $$"""{"password":"{{name}}","tags":"{{tags}}"}""")).Status);
        return name;
    }

    protected async Task PermitAsync(string user, string virtualHost, string configure = ".*", string write = ".*", string read = ".*") =>
        Assert.Equal(
            HttpStatusCode.Created,
            (await PutAsync($"permissions/{virtualHost}/{user}", $$"""{"configure":"{{configure}}","write":"{{write}}","read":"{{read}}"}""")).Status);
}

[CollectionDefinition(nameof(ApiCollection))]
public sealed class ApiCollection : ICollectionFixture<ApiFixture>;
