using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ActorBroker.Management.Tests.Api;
using Xunit;

namespace ActorBroker.Management.Tests.RabbitMq;

/// <summary>Definitions go from a RabbitMQ to this broker and back, and are the same.</summary>
public sealed class RoundTripTests(ApiFixture fixture) : ApiSpec(fixture)
{
    private static readonly string[] Parts = ["users", "vhosts", "permissions", "topic_permissions", "parameters", "policies", "queues", "exchanges", "bindings"];

    private static readonly (string Method, string Path, string Body)[] Contents =
    [
        ("PUT", "vhosts/trip", """{"description":"d","tags":"a,b"}"""),
        ("PUT", "users/tripper", """{"password":"p","tags":"management,policymaker"}"""),
        ("PUT", "permissions/trip/tripper", """{"configure":"^a","write":".*","read":""}"""),
        ("PUT", "topic-permissions/trip/tripper", """{"exchange":"amq.topic","write":"^a","read":".*"}"""),
        ("PUT", "queues/trip/classic", """{"durable":true,"arguments":{"x-max-length":3,"x-message-ttl":60000,"x-dead-letter-exchange":"amq.fanout"}}"""),
        ("PUT", "queues/trip/quorum", """{"durable":true,"arguments":{"x-queue-type":"quorum","x-delivery-limit":5}}"""),
        ("PUT", "queues/trip/stream", """{"durable":true,"arguments":{"x-queue-type":"stream"}}"""),
        ("PUT", "exchanges/trip/x", """{"type":"topic","durable":true,"arguments":{"alternate-exchange":"amq.fanout"}}"""),
        ("PUT", "exchanges/trip/h", """{"type":"headers","durable":true,"auto_delete":false,"internal":true}"""),
        ("POST", "bindings/trip/e/x/q/classic", """{"routing_key":"a.#","arguments":{}}"""),
        ("POST", "bindings/trip/e/h/q/quorum", """{"routing_key":"","arguments":{"x-match":"all","n":1,"s":"t"}}"""),
        ("POST", "bindings/trip/e/x/e/h", """{"routing_key":"ü"}"""),
        ("PUT", "policies/trip/p", """{"pattern":"^c","definition":{"max-length":9},"priority":3,"apply-to":"queues"}"""),
        ("PUT", "operator-policies/trip/o", """{"pattern":"^c","definition":{"max-length":5},"apply-to":"queues"}"""),
        ("PUT", "vhost-limits/trip/max-queues", """{"value":50}"""),
    ];

    [Fact]
    public async Task What_a_RabbitMQ_exports_comes_back_to_it_unchanged()
    {
        Assert.True(RabbitMqServer.IsInstalled, "no RabbitMQ was found: run `apt-get install rabbitmq-server`");
        await using var rabbit = await RabbitMqServer.StartAsync();
        foreach (var (method, path, body) in Contents)
        {
            await AskAsync(rabbit, method, path, body);
        }

        var first = await AskAsync(rabbit, "GET", "definitions");
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync("definitions", first)).Status);
        var ours = (await GetAsync("definitions")).Text;
        Assert.Equal("tripper", (string?)(await SendAsync(HttpMethod.Get, "users/tripper", null, "guest")).Json["name"]);
        await AskAsync(rabbit, "DELETE", "vhosts/trip");
        await AskAsync(rabbit, "DELETE", "users/tripper");

        await AskAsync(rabbit, "POST", "definitions", OnlyTrip(ours));

        Assert.Equal(OnlyTrip(first), OnlyTrip(await AskAsync(rabbit, "GET", "definitions")));
    }

    private static async Task<string> AskAsync(RabbitMqServer rabbit, string method, string path, string? body = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"http://127.0.0.1:{rabbit.HttpPort}/api/{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes("guest:guest")));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {response.StatusCode} {text}");
        return text;
    }

    // Sorted, since neither says in what order its lists are.
    private static string OnlyTrip(string definitions)
    {
        var all = JsonNode.Parse(definitions)!;
        var trip = new JsonObject();
        foreach (var part in Parts)
        {
            var items = all[part]!.AsArray().Where(item => IsOfTrip(part, item!)).Select(static item => Sorted(item)!.ToJsonString()).Order(StringComparer.Ordinal);
            trip[part] = new JsonArray([.. items.Select(static item => JsonNode.Parse(item))]);
        }

        return trip.ToJsonString();
    }

    private static bool IsOfTrip(string part, JsonNode item) => part switch
    {
        "users" => (string?)item["name"] == "tripper",
        "vhosts" => (string?)item["name"] == "trip",
        _ => (string?)item["vhost"] == "trip",
    };

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(static member => member.Key, StringComparer.Ordinal)
            .Select(static member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
