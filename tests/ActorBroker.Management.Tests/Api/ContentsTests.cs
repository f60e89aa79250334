using System.Net;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

/// <summary>Messages in ordinary queues, by their positions.</summary>
public sealed class ContentsTests(ApiFixture fixture) : ApiSpec(fixture)
{
    private const string Take = """{"count":50,"ackmode":"ack_requeue_false","encoding":"auto"}""";

    [Fact]
    public async Task What_is_in_a_queue_is_seen_without_being_consumed()
    {
        var host = await FilledAsync();
        var page = (await GetAsync($"queues/{host}/q/messages?count=2&body_bytes=1")).Json;
        Assert.Equal(["o", "t"], page["items"]!.AsArray().Select(item => (string)item!["payload"]!));
        Assert.Equal((2L, false, 0L, 4L), ((long)page["next"]!, (bool)page["is_end"]!, (long)page["first"]!, (long)page["end"]!));
        var message = page["items"]![0]!;
        Assert.Equal((0L, "ready", false, "", "q", 3), (
            (long)message["position"]!, (string?)message["state"], (bool)message["redelivered"]!, (string?)message["exchange"], (string?)message["routing_key"],
            (int)message["payload_bytes"]!));
        Assert.Equal(["three", "four"], await PayloadsAsync($"queues/{host}/q/messages?from=position&start=2"));
        Assert.Equal(["four"], await PayloadsAsync($"queues/{host}/q/messages?from=last&start=1"));
        Assert.Equal(["one", "four"], await PayloadsAsync($"queues/{host}/q/messages?text=o&header.odd=yes&type="));
        Assert.Equal("three", (string?)(await GetAsync($"queues/{host}/q/messages/2")).Json["payload"]);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"queues/{host}/q/messages/4")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync($"queues/{host}/q/messages/x")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"queues/{host}/none/messages")).Status);
        Assert.Equal(4, (await PostAsync($"queues/{host}/q/get", Take)).Items.Count);
    }

    [Fact]
    public async Task Messages_are_removed_one_by_one_or_several_at_once()
    {
        var host = await FilledAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync($"queues/{host}/q/messages/1")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync($"queues/{host}/q/messages/1")).Status);
        Assert.Equal("""{"deleted":1,"left":2}""", (await PostAsync($"queues/{host}/q/messages/delete", """{"positions":[0,1,9]}""")).Text);
        Assert.Equal("[{key_missing,positions}]", (await PostAsync($"queues/{host}/q/messages/delete")).Reason);
        Assert.Equal("not_integer: x", (await PostAsync($"queues/{host}/q/messages/delete", """{"positions":["x"]}""")).Reason);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync($"queues/{host}/q/messages/delete", """{"positions":[-1]}""")).Status);
        Assert.Equal(["three", "four"], (await PostAsync($"queues/{host}/q/get", Take)).Items.Select(item => (string)item!["payload"]!));
    }

    [Fact]
    public async Task Messages_are_moved_replayed_and_dead_lettered_by_their_positions()
    {
        var host = await FilledAsync("""{"durable":true,"arguments":{"x-dead-letter-exchange":"","x-dead-letter-routing-key":"dead"}}""");
        await PutAsync($"queues/{host}/to");
        await PutAsync($"queues/{host}/dead");
        Assert.Equal("""{"moved":2,"left":0}""", (await PostAsync($"queues/{host}/q/messages/move", """{"positions":[1,3],"destination":"to"}""")).Text);
        Assert.Equal("""{"replayed":1,"left":1}""", (await PostAsync($"queues/{host}/q/messages/replay", """{"positions":[1,2],"destination":"to"}""")).Text);
        Assert.Equal(["two", "four", "three"], (await PostAsync($"queues/{host}/to/get", Take)).Items.Select(item => (string)item!["payload"]!));

        var refused = await PostAsync($"queues/{host}/q/messages/move", """{"positions":[0],"destination":"amq.fanout","destination_type":"exchange"}""");
        Assert.Equal(
            (HttpStatusCode.BadRequest, $"exchange 'amq.fanout' in vhost '{host}' has no queue for the message at position 0 (0 moved before)"),
            (refused.Status, refused.Reason));
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync($"queues/{host}/q/messages/move", """{"positions":[0],"destination":"none"}""")).Status);
        Assert.Equal("""{"moved":0,"left":2}""", (await PostAsync($"queues/{host}/q/messages/move", """{"positions":[1,77],"destination":"to"}""")).Text);
        Assert.Equal("""{"moved":0,"left":0}""", (await PostAsync($"queues/{host}/q/messages/move", """{"positions":[],"destination":"to"}""")).Text);
        Assert.Equal("""{"replayed":0,"left":1}""", (await PostAsync($"queues/{host}/q/messages/replay", """{"positions":[77],"destination":"to"}""")).Text);

        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync($"queues/{host}/q/messages/0?dead_letter=true")).Status);
        Assert.Equal(["three"], await PayloadsAsync($"queues/{host}/q/messages"));
        await ToldAsync($"queues/{host}/dead/messages", static page => page["items"]!.AsArray().Count == 1);
        var dead = Assert.Single((await PostAsync($"queues/{host}/dead/get", Take)).Items)!;
        Assert.Equal(("one", "rejected"), ((string?)dead["payload"], (string?)dead["properties"]!["headers"]!["x-death"]![0]!["reason"]));
    }

    [Fact]
    public async Task Who_may_not_read_a_queue_nor_write_to_the_destination_does_neither()
    {
        var (host, user) = (await FilledAsync(), await UserAsync("management"));
        await PutAsync($"queues/{host}/to");
        await PermitAsync(user, host, read: "^to$", write: "^q$");
        foreach (var (method, path) in ((string, string)[])[("GET", ""), ("GET", "/0"), ("DELETE", "/0"), ("POST", "/delete"), ("POST", "/move"), ("POST", "/replay")])
        {
            var answer = await SendAsync(new HttpMethod(method), $"queues/{host}/q/messages{path}", """{"positions":[0],"destination":"q"}""", user);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        }

        await PermitAgainAsync(user, host, read: ".*", write: "^q$");
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync($"queues/{host}/q/messages/move", """{"positions":[0],"destination":"to"}""", user)).Status);
        Assert.Equal(4, (await PayloadsAsync($"queues/{host}/q/messages")).Length);
    }

    private async Task PermitAgainAsync(string user, string host, string read, string write) =>
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await PutAsync($"permissions/{host}/{user}", $$"""{"configure":"","write":"{{write}}","read":"{{read}}"}""")).Status);

    private async Task<string[]> PayloadsAsync(string path) =>
        [.. (await GetAsync(path)).Json["items"]!.AsArray().Select(item => (string)item!["payload"]!)];

    private async Task<string> FilledAsync(string queue = """{"durable":true}""")
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q", queue);
        foreach (var (payload, odd) in ((string, string)[])[("one", "yes"), ("two", "no"), ("three", "yes"), ("four", "yes")])
        {
            await PostAsync(
                $"exchanges/{host}/amq.default/publish",
                $$$"""{"properties":{"delivery_mode":2,"type":"","headers":{"odd":"{{{odd}}}"}},"routing_key":"q","payload":"{{{payload}}}","payload_encoding":"string"}""");
        }

        return host;
    }
}
