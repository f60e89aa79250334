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

    [Theory]
    [InlineData(20_261)]
    [InlineData(20_262)]
    public async Task Whatever_is_asked_is_answered(int seed)
    {
        var random = new Random(seed);
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q");

        // What starts and stops a node is not for one inside another program: 501.
        var routes = ApiTable.Create().Routes
            .Where(static route => (route.Template != "definitions" || route.Method == "GET") && !route.Template.StartsWith("node/", StringComparison.Ordinal)).ToArray();
        string[] values = [host, host, host, "q", "e", "amq.topic", "amq.default", "..", "%2F%2F", "%25", "%zz", "%00", "%C3%BC", "~", new string('x', 300)];
        string[] bodies =
        [
            string.Empty, "{}", "[]", "null", "1", "{\"a\":", "\u0000", """{"arguments":[1]}""", """{"count":"99999999999999999999","ackmode":"ack_requeue_true","encoding":"auto"}""",
            """{"name":{},"pattern":1,"definition":2,"count":-1,"ackmode":"ack_requeue_true","encoding":"auto","value":{},"tags":1,"type":5,"routing_key":[],"properties":1,"payload":1,"destination":{}}""",
            """{"value":-1,"users":["x",1],"routing_key":"k","properties":[],"payload":"x","payload_encoding":"base64","destination":"q","from":"time","start":-1,"configure":"(","write":"[","read":"","exchange":"e","tags":"","definition":{"max-length":"x"},"pattern":"("}""",
        ];
        string[] queries = [string.Empty, "?page=1&page_size=0", "?sort=a.b&columns=a.b,c", "?name=(((&use_regex=true&page=1", "?msg_rates_age=999999999999&msg_rates_incr=1", "?lengths_age=60&lengths_incr=5", "?count=-5&from=last&start=-1"];
        for (var i = 0; i < 400; i++)
        {
            var route = routes[random.Next(routes.Length)];
            var path = string.Join('/', route.Segments.Select(segment => ApiRoute.IsValue(segment) ? values[random.Next(values.Length)] : segment));
            var answer = await SendAsync(new HttpMethod(route.Method), path + queries[random.Next(queries.Length)], bodies[random.Next(bodies.Length)], "guest");
            Assert.True((int)answer.Status is < 500 or 503, $"{route.Method} {path}: {answer.Status} {answer.Text}");
        }
    }
}
