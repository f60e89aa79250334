using System.Net;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

public sealed class TopologyTests(ApiFixture fixture) : ApiSpec(fixture)
{
    [Fact]
    public async Task A_queue_is_declared_once_and_told_of()
    {
        var host = await VirtualHostAsync();
        var declaration = """{"durable":true,"auto_delete":false,"arguments":{"x-max-length":3,"x-queue-type":"quorum"}}""";

        Assert.Equal(HttpStatusCode.Created, (await PutAsync($"queues/{host}/q", declaration)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync($"queues/{host}/q", declaration)).Status);

        var queue = (await GetAsync($"queues/{host}/q")).Json;
        Assert.Equal("quorum", (string?)queue["type"]);
        Assert.True((bool)queue["durable"]!);
        Assert.Equal(3, (int)queue["arguments"]!["x-max-length"]!);
        Assert.Equal(0, (int)queue["messages"]!);
        Assert.Equal("q", (string?)Assert.Single((await GetAsync($"queues/{host}")).Items)!["name"]);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync($"queues/{host}/q")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"queues/{host}/q")).Status);
    }

    [Fact]
    public async Task A_quorum_queue_has_one_member_and_others_have_none()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q", """{"durable":true,"arguments":{"x-queue-type":"quorum"}}""");
        await PutAsync($"queues/{host}/c", """{"durable":true}""");
        await PutAsync($"queues/{host}/s", """{"durable":true,"arguments":{"x-queue-type":"stream"}}""");

        var member = Assert.Single((await GetAsync($"queues/quorum/{host}/q/status")).Items)!;
        Assert.Equal(((string?)(await GetAsync("overview")).Json["node"], "leader", "voter"), ((string?)member["Node Name"], (string?)member["Raft State"], (string?)member["Membership"]));
        var classic = await GetAsync($"queues/quorum/{host}/c/status");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"status":"failed","reason":"classic_queue_not_supported"}"""), (classic.Status, classic.Text));
        Assert.Equal("not_quorum_queue", (await GetAsync($"queues/quorum/{host}/s/status")).Reason);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"queues/quorum/{host}/none/status")).Status);
    }

    [Fact]
    public async Task A_queue_that_cannot_be_is_refused_in_RabbitMQs_words()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q", """{"durable":true}""");

        var other = await PutAsync($"queues/{host}/q", """{"durable":false}""");
        Assert.Equal(HttpStatusCode.BadRequest, other.Status);
        Assert.Equal($"inequivalent arg 'durable' for queue 'q' in vhost '{host}': received 'false' but current is 'true'", other.Reason);
        Assert.Equal("""{"error":"bad_request","reason":"not_json"}""", (await PutAsync($"queues/{host}/x", "x")).Text);
        Assert.Equal("""{"error":"not_authorised","reason":"Access refused."}""", (await PutAsync($"queues/{host}/amq.x")).Text);
        Assert.Equal("""{"error":"not_found","reason":"vhost_not_found"}""", (await PutAsync("queues/nowhere/x")).Text);
        Assert.Equal("""{"error":"Object Not Found","reason":"Not Found"}""", (await DeleteAsync($"queues/{host}/none")).Text);
        Assert.Equal("{value_negative,-1}", (await PutAsync($"queues/{host}/n", """{"arguments":{"x-max-length":-1}}""")).Reason.Split(": ")[^1]);
    }

    [Theory]
    [InlineData("a/b%2Fc d+e~f")]
    [InlineData("ü?#[]")]
    [InlineData("..")]
    public async Task Names_may_hold_whatever_a_path_can_escape(string name)
    {
        var host = await VirtualHostAsync();
        var escaped = name == ".." ? "%2E%2E" : Uri.EscapeDataString(name);

        Assert.Equal(HttpStatusCode.Created, (await PutAsync($"queues/{host}/{escaped}")).Status);
        Assert.Equal(HttpStatusCode.Created, (await PutAsync($"exchanges/{host}/{escaped}", """{"type":"topic"}""")).Status);
        Assert.Equal(name, (string?)(await GetAsync($"queues/{host}/{escaped}")).Json["name"]);
        Assert.Equal(name, (string?)(await GetAsync($"exchanges/{host}/{escaped}")).Json["name"]);
        var bound = await PostAsync($"bindings/{host}/e/{escaped}/q/{escaped}", """{"routing_key":"k/e~y %"}""");
        Assert.Equal(HttpStatusCode.Created, bound.Status);

        // The location is relative to the path of the two ends, as RabbitMQ's is.
        var binding = $"bindings/{host}/e/{escaped}/q/{bound.Headers.Location!.OriginalString}";
        Assert.Equal("k/e~y %", (string?)(await GetAsync(binding)).Json["routing_key"]);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync(binding)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(binding)).Status);
    }

    [Fact]
    public async Task Bindings_are_told_from_each_side()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q");
        await PutAsync($"exchanges/{host}/x", """{"type":"headers"}""");
        Assert.Equal("q/~", (await PostAsync($"bindings/{host}/e/x/q/q")).Headers.Location!.OriginalString);
        await PostAsync($"bindings/{host}/e/x/q/q", """{"routing_key":"k","arguments":{"a":1}}""");
        await PostAsync($"bindings/{host}/e/x/e/amq.topic", """{"routing_key":"k"}""");

        Assert.Equal(4, (await GetAsync($"bindings/{host}")).Items.Count);
        Assert.Equal(3, (await GetAsync($"exchanges/{host}/x/bindings/source")).Items.Count);
        Assert.Single((await GetAsync($"exchanges/{host}/amq.topic/bindings/destination")).Items);
        Assert.Equal(3, (await GetAsync($"queues/{host}/q/bindings")).Items.Count);
        Assert.Equal(2, (await GetAsync($"bindings/{host}/e/x/q/q")).Items.Count);
        Assert.Single((await GetAsync($"exchanges/{host}/amq.default/bindings/source")).Items);
        Assert.Equal($"no queue 'none' in vhost '{host}'", (await PostAsync($"bindings/{host}/e/x/q/none")).Reason);
        Assert.Equal($"no exchange 'none' in vhost '{host}'", (await PostAsync($"bindings/{host}/e/none/q/q")).Reason);
    }

    [Fact]
    public async Task An_exchange_in_use_stays_when_it_is_deleted_if_unused()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"exchanges/{host}/x", """{"type":"fanout","durable":true}""");
        await PostAsync($"bindings/{host}/e/x/e/amq.fanout");

        Assert.Equal($"exchange 'x' in vhost '{host}' in use", (await DeleteAsync($"exchanges/{host}/x?if-unused=true")).Reason);
        Assert.Equal(HttpStatusCode.Unauthorized, (await DeleteAsync($"exchanges/{host}/amq.fanout")).Status);
        Assert.Equal("invalid exchange type 'foo'", (await PutAsync($"exchanges/{host}/y", """{"type":"foo"}""")).Reason);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync($"exchanges/{host}/x")).Status);
    }

    [Fact]
    public async Task Lists_are_sorted_filtered_and_cut_as_the_query_says()
    {
        var host = await VirtualHostAsync();
        foreach (var name in (string[])["b1", "a2", "a1", "c"])
        {
            await PutAsync($"queues/{host}/{name}");
        }

        var names = (await GetAsync($"queues/{host}?columns=name,arguments.x")).Items;
        Assert.Equal("""[{"arguments":{},"name":"a1"},{"arguments":{},"name":"a2"},{"arguments":{},"name":"b1"},{"arguments":{},"name":"c"}]""", names.ToJsonString());
        Assert.Equal("c", (string?)(await GetAsync($"queues/{host}?sort=name&sort_reverse=true")).Items[0]!["name"]);
        var page = (await GetAsync($"queues/{host}?page=2&page_size=1&name=^A&use_regex=true&columns=name")).Json;
        Assert.Equal(
            """{"filtered_count":2,"item_count":1,"items":[{"name":"a2"}],"page":2,"page_count":2,"page_size":1,"total_count":4}""", page.ToJsonString());
        Assert.Equal("page_out_of_range", (string?)(await GetAsync($"queues/{host}?page=9")).Json["error"]);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync($"queues/{host}?page=x")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync($"queues/{host}?page=1&page_size=501")).Status);
        Assert.Equal(0, (int)(await GetAsync($"queues/{host}?page=1&name=[&use_regex=true")).Json["filtered_count"]!);
    }

    [Fact]
    public async Task A_policy_and_an_operators_come_to_the_lower_limit()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q1");
        var set = await PutAsync($"policies/{host}/p", """{"pattern":"^q","definition":{"max-length":7},"priority":2,"apply-to":"queues"}""");
        await PutAsync($"operator-policies/{host}/o", """{"pattern":"^q","definition":{"max-length":5}}""");

        Assert.Equal(HttpStatusCode.Created, set.Status);
        var queue = await ToldAsync($"queues/{host}/q1", static queue => (string?)queue["policy"] == "p" && (string?)queue["operator_policy"] == "o");
        Assert.Equal(5, (int)queue["effective_policy_definition"]!["max-length"]!);
        Assert.Equal(
            $$"""[{"vhost":"{{host}}","name":"p","pattern":"^q","apply-to":"queues","definition":{"max-length":7},"priority":2}]""",
            (await GetAsync($"policies/{host}")).Text);
        Assert.Equal("operator_policy", (string?)Assert.Single((await GetAsync($"parameters/operator_policy/{host}")).Items)!["component"]);
        Assert.StartsWith("Validation failed", (await PutAsync($"policies/{host}/bad", """{"pattern":"[","definition":{"max-length":7}}""")).Reason, StringComparison.Ordinal);
        Assert.Equal(
            "Validation failed\n\ncomponent shovel not found\n", (await PutAsync($"parameters/shovel/{host}/s", """{"value":{}}""")).Reason);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync($"policies/{host}/p")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync($"policies/{host}/p")).Status);
    }
}
