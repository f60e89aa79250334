using System.Net;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

public sealed class MessageTests(ApiFixture fixture) : ApiSpec(fixture)
{
    private const string Get = """{"count":5,"ackmode":"ack_requeue_true","encoding":"auto"}""";

    [Fact]
    public async Task A_message_is_published_and_got_with_all_its_properties()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q");
        var properties = """{"content_type":"text/plain","headers":{"h":1,"t":{"a":[true,1.5,"x"]}},"delivery_mode":2,"priority":3,"timestamp":1700000000}""";

        var published = await PostAsync(
            $"exchanges/{host}/amq.default/publish",
            $$"""{"properties":{{properties}},"routing_key":"q","payload":"ünder","payload_encoding":"string"}""");

        Assert.Equal("""{"routed":true}""", published.Text);
        var message = Assert.Single((await PostAsync($"queues/{host}/q/get", Get)).Items)!;
        Assert.Equal(("ünder", "string", 6), ((string?)message["payload"], (string?)message["payload_encoding"], (int)message["payload_bytes"]!));
        Assert.False((bool)message["redelivered"]!);
        Assert.Equal(System.Text.Json.Nodes.JsonNode.Parse(properties)!.AsObject().Count, message["properties"]!.AsObject().Count);
        Assert.Equal("""{"h":1,"t":{"a":[true,1.5,"x"]}}""", message["properties"]!["headers"]!.ToJsonString());
    }

    [Fact]
    public async Task A_message_comes_again_or_is_gone_as_the_mode_says()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q");
        await PostAsync($"exchanges/{host}/amq.default/publish", """{"properties":{},"routing_key":"q","payload":"/wA=","payload_encoding":"base64"}""");

        foreach (var mode in (string[])["ack_requeue_true", "reject_requeue_true", "ack_requeue_false"])
        {
            var message = Assert.Single((await PostAsync($"queues/{host}/q/get", Get.Replace("ack_requeue_true", mode, StringComparison.Ordinal))).Items)!;
            Assert.Equal(("/wA=", "base64"), ((string?)message["payload"], (string?)message["payload_encoding"]));
        }

        Assert.Empty((await PostAsync($"queues/{host}/q/get", Get)).Items);
    }

    [Fact]
    public async Task What_was_put_back_is_there_for_whoever_gets_next()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q");
        await PostAsync($"exchanges/{host}/amq.default/publish", """{"properties":{},"routing_key":"q","payload":"m","payload_encoding":"string"}""");

        for (var i = 0; i < 100; i++)
        {
            Assert.Single((await PostAsync($"queues/{host}/q/get", Get)).Items);
        }
    }

    [Fact]
    public async Task A_request_whose_session_is_closed_is_answered_all_the_same()
    {
        var (host, user) = (await VirtualHostAsync(), await UserAsync("administrator"));
        await PermitAsync(user, host);
        var asking = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                await PutAsync($"queues/{host}/q", """{"durable":false}""", user).WaitAsync(TimeSpan.FromSeconds(20));
            }
        });
        while (!asking.IsCompleted)
        {
            await DeleteAsync($"connections/username/{user}");
        }

        await asking;
    }

    [Fact]
    public async Task Messages_that_are_moved_to_where_they_are_move_once()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q");
        for (var i = 0; i < 3; i++)
        {
            await PostAsync($"exchanges/{host}/amq.default/publish", """{"properties":{},"routing_key":"q","payload":"m","payload_encoding":"string"}""");
        }

        Assert.Equal("""{"moved":3}""", (await PostAsync($"queues/{host}/q/move", """{"destination":"q"}""")).Text);
        Assert.Equal("""{"moved":2}""", (await PostAsync($"queues/{host}/q/move", """{"destination":"q","count":2}""")).Text);
        Assert.Equal(3, (await PostAsync($"queues/{host}/q/get", Get)).Items.Count);
    }

    [Fact]
    public async Task A_purge_takes_what_is_there_and_an_unroutable_message_is_said_to_be()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q");
        var message = """{"properties":{},"routing_key":"KEY","payload":"x","payload_encoding":"string"}""";
        await PostAsync($"exchanges/{host}/amq.default/publish", message.Replace("KEY", "q", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync($"queues/{host}/q/contents")).Status);
        Assert.Empty((await PostAsync($"queues/{host}/q/get", Get)).Items);
        Assert.Equal("""{"routed":false}""", (await PostAsync($"exchanges/{host}/amq.default/publish", message)).Text);
    }

    [Fact]
    public async Task What_cannot_be_published_or_got_is_refused_in_RabbitMQs_words()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q");
        var publish = $"exchanges/{host}/amq.default/publish";

        Assert.Equal("[{key_missing,properties},{key_missing,payload},{key_missing,payload_encoding}]", (await PostAsync(publish, """{"routing_key":"q"}""")).Reason);
        Assert.Equal(
            "406 PRECONDITION_FAILED - user_id property set to 'x' but authenticated user was 'guest'",
            (await PostAsync(publish, """{"properties":{"user_id":"x"},"routing_key":"q","payload":"x","payload_encoding":"string"}""")).Reason);
        Assert.Equal(
            """{"error":"bad_request","reason":["unsupported_encoding","foo"]}""",
            (await PostAsync(publish, """{"properties":{},"routing_key":"q","payload":"x","payload_encoding":"foo"}""")).Text);
        Assert.Equal("[{key_missing,ackmode},{key_missing,encoding}]", (await PostAsync($"queues/{host}/q/get", """{"count":5}""")).Reason);
        Assert.Equal($"NOT_FOUND - no queue 'none' in vhost '{host}'", (await PostAsync($"queues/{host}/none/get", Get)).Reason);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await GetAsync($"queues/{host}/q/contents")).Status);
    }

    [Fact]
    public async Task Messages_are_moved_with_all_they_have_and_stay_where_nobody_takes_them()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/from");
        await PutAsync($"queues/{host}/to");
        foreach (var payload in (string[])["1", "2", "3"])
        {
            await PostAsync(
                $"exchanges/{host}/amq.default/publish",
                "{\"properties\":{\"headers\":{\"n\":" + payload + "}},\"routing_key\":\"from\",\"payload\":\"" + payload + "\",\"payload_encoding\":\"string\"}");
        }

        Assert.Equal("""{"moved":2}""", (await PostAsync($"queues/{host}/from/move", """{"destination":"to","count":2}""")).Text);

        var moved = (await PostAsync($"queues/{host}/to/get", Get)).Items;
        Assert.Equal([("1", 1), ("2", 2)], moved.Select(item => ((string)item!["payload"]!, (int)item["properties"]!["headers"]!["n"]!)));
        Assert.Contains("no queue takes", (await PostAsync($"queues/{host}/from/move", """{"destination":"amq.fanout","destination_type":"exchange"}""")).Reason, StringComparison.Ordinal);
        Assert.Equal("3", (string?)Assert.Single((await PostAsync($"queues/{host}/from/get", Get)).Items)!["payload"]);
    }

    [Fact]
    public async Task What_is_published_and_got_in_a_traced_virtual_host_is_copied()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"vhosts/{host}", """{"tracing":true}""");
        await PutAsync($"queues/{host}/q");
        await PutAsync($"queues/{host}/copies");
        await PostAsync($"bindings/{host}/e/amq.rabbitmq.trace/q/copies", """{"routing_key":"#"}""");
        await PostAsync($"exchanges/{host}/amq.default/publish", """{"properties":{"type":"t"},"routing_key":"q","payload":"m","payload_encoding":"string"}""");
        await ToldAsync($"queues/{host}/copies", static queue => (int?)queue["messages_ready"] == 1);
        Assert.Single((await PostAsync($"queues/{host}/q/get", Get)).Items);
        await ToldAsync($"queues/{host}/copies", static queue => (int?)queue["messages_ready"] == 2);

        var copies = (await PostAsync($"queues/{host}/copies/get", Get)).Items;

        Assert.Equal(["publish.", "deliver.q"], copies.Select(static copy => (string)copy!["routing_key"]!));
        foreach (var copy in copies)
        {
            var headers = copy!["properties"]!["headers"]!;
            Assert.Equal(("m", "guest", host), ((string?)copy["payload"], (string?)headers["user"], (string?)headers["vhost"]));
            Assert.Equal(("", "t"), ((string?)headers["exchange_name"], (string?)headers["properties"]!["type"]));
        }

        // Copies are not copied in turn.
        Assert.Equal(2, (int)(await GetAsync($"queues/{host}/copies")).Json["messages_ready"]!);
    }

    [Fact]
    public async Task What_a_stream_keeps_is_browsed_and_replayed_and_stays()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/s", """{"durable":true,"arguments":{"x-queue-type":"stream"}}""");
        await PutAsync($"queues/{host}/q");
        foreach (var (kind, payload) in ((string, string)[])[("a", "1"), ("b", "2"), ("a", "3")])
        {
            await PostAsync(
                $"exchanges/{host}/amq.default/publish",
                $$$"""{"properties":{"type":"{{{kind}}}","headers":{"n":"{{{payload}}}"}},"routing_key":"s","payload":"{{{payload}}}","payload_encoding":"string"}""");
        }

        var page = (await GetAsync($"queues/{host}/s/history?type=a")).Json;
        Assert.Equal(["1", "3"], page["items"]!.AsArray().Select(item => (string)item!["payload"]!));
        Assert.True((bool)page["is_end"]!);
        Assert.Equal("2", (string?)Assert.Single((await GetAsync($"queues/{host}/s/history?header.n=2")).Json["items"]!.AsArray())!["payload"]);
        Assert.Equal("3", (string?)Assert.Single((await GetAsync($"queues/{host}/s/history?from=last&start=1")).Json["items"]!.AsArray())!["payload"]);
        var replay = await PostAsync($"queues/{host}/s/replays", """{"destination":"q","type":"a","id":"r1"}""");
        Assert.Equal(HttpStatusCode.Created, replay.Status);
        await ToldAsync($"queues/{host}/s/replays/r1", static report => (string?)report["state"] == "finished");

        Assert.Equal(["1", "3"], (await PostAsync($"queues/{host}/q/get", Get)).Items.Select(item => (string)item!["payload"]!));
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync($"queues/{host}/q/history")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync($"queues/{host}/s/history?from=nowhere")).Status);
    }
}
