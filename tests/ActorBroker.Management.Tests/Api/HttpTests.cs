using System.Net;
using ActorBroker.Management.Http;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

public sealed class HttpTests(ApiFixture fixture) : ApiSpec(fixture)
{
    private static readonly HttpClient Client = new();

    [Fact]
    public async Task The_description_tells_of_every_operation()
    {
        var document = (await SendAsync(HttpMethod.Get, "openapi.json", null, user: null)).Json;
        var page = (await SendAsync(HttpMethod.Get, "index.html", null, user: null)).Text;

        Assert.Equal("3.0.3", (string?)document["openapi"]);
        foreach (var route in ApiTable.Create().Routes)
        {
            Assert.Equal(route.Summary, (string?)document["paths"]![$"/api/{route.Template}"]![route.Method.ToLowerInvariant()]!["summary"]);
            Assert.Contains($"/api/{route.Template}<", page, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("http://page", "http://page")]
    [InlineData("http://other", null)]
    public async Task Pages_of_other_origins_are_let_in_where_the_configuration_names_them(string origin, string? allowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, new Uri($"http://{Fixture.EndPoint}/api/queues/%2F/q"));
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Headers", "authorization");

        using var response = await Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(allowed, response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null);
        Assert.Equal(
            allowed is null ? null : "HEAD, GET, DELETE, PUT, OPTIONS",
            response.Headers.TryGetValues("Access-Control-Allow-Methods", out var methods) ? methods.Single() : null);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_and_a_deep_one_too()
    {
        var large = await PutAsync("queues/%2F/large", "{\"arguments\":{\"x\":\"" + new string('x', 10_000_001) + "\"}}");
        Assert.Equal((HttpStatusCode.BadRequest, "Exceeded HTTP request body size limit"), (large.Status, large.Reason));
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 100)) + "1" + new string('}', 100);
        Assert.Equal("not_json", (await PutAsync("queues/%2F/deep", deep)).Reason);
        Assert.Equal("not_json", (await PutAsync("queues/%2F/twice", """{"a":1,"a":2}""")).Reason);
        Assert.StartsWith("invalid payload", (await PutAsync("queues/%2F/text", "\"{}\"")).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_only_looked_at_has_no_body()
    {
        var head = await SendAsync(HttpMethod.Head, "overview", null, "guest");

        Assert.Equal((HttpStatusCode.OK, string.Empty), (head.Status, head.Text));
    }

    [Fact]
    public async Task Whatever_is_asked_is_answered()
    {
        var random = new Random(20_261);
        string[] words = ["queues", "exchanges", "bindings", "%2F", "e", "q", "..", "%", "%00", "%zz", "users", "definitions", "policies", "", "ü", "amq.default", "get", "publish"];
        string[] methods = ["GET", "PUT", "POST", "DELETE", "OPTIONS"];
        string[] bodies = ["", "{}", "[]", "null", "1", "{\"a\":", "\u0000", """{"arguments":[1]}""", """{"name":{},"pattern":1,"definition":2,"count":-1,"ackmode":"ack_requeue_true","encoding":"auto"}"""];
        var host = await VirtualHostAsync();
        for (var i = 0; i < 500; i++)
        {
            var path = string.Join('/', Enumerable.Range(0, random.Next(1, 7)).Select(_ => words[random.Next(words.Length)]).Select(word => word == "%2F" ? host : word));
            var answer = await SendAsync(new HttpMethod(methods[random.Next(methods.Length)]), path, bodies[random.Next(bodies.Length)], "guest");
            Assert.True((int)answer.Status < 500, $"{path}: {answer.Status} {answer.Text}");
        }
    }
}
