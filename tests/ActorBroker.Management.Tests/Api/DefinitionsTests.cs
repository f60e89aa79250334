using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

public sealed class DefinitionsTests(ApiFixture fixture) : ApiSpec(fixture)
{
    private static readonly string[] Parts =
        ["users", "vhosts", "permissions", "topic_permissions", "parameters", "global_parameters", "policies", "queues", "exchanges", "bindings"];

    [Fact]
    public async Task What_is_exported_is_there_again_after_it_was_deleted_and_imported()
    {
        var (host, user) = (await VirtualHostAsync(), await UserAsync("management"));
        await PermitAsync(user, host, configure: "^a");
        await PutAsync($"topic-permissions/{host}/{user}", """{"exchange":"amq.topic","write":"^a","read":".*"}""");
        await PutAsync($"queues/{host}/q", """{"durable":true,"arguments":{"x-queue-type":"quorum","x-max-length":3}}""");
        await PutAsync($"exchanges/{host}/x", """{"type":"topic","durable":true,"arguments":{"alternate-exchange":"amq.fanout"}}""");
        await PostAsync($"bindings/{host}/e/x/q/q", """{"routing_key":"a.#","arguments":{"k":[1,"2"]}}""");
        await PutAsync($"policies/{host}/p", """{"pattern":"^q","definition":{"message-ttl":60000},"apply-to":"queues"}""");
        await PutAsync($"operator-policies/{host}/o", """{"pattern":"^q","definition":{"max-length":5}}""");
        await PutAsync($"vhost-limits/{host}/max-connections", """{"value":9}""");
        var before = OfThis((await GetAsync("definitions")).Json, host, user);
        await DeleteAsync($"vhosts/{host}");
        await DeleteAsync($"users/{user}");

        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync("definitions", before.ToJsonString())).Status);

        var after = OfThis((await GetAsync("definitions")).Json, host, user);
        Assert.Equal(before.ToJsonString(), after.ToJsonString());
        Assert.Equal((1, 1, 1, 1), (Count(after, "queues"), Count(after, "exchanges"), Count(after, "bindings"), Count(after, "policies")));
        Assert.Equal(2, Count(after, "parameters"));
        Assert.Equal("management", (string?)(await GetAsync("whoami", user)).Json["tags"]![0]);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync("definitions", after.ToJsonString())).Status);
    }

    [Fact]
    public async Task What_one_virtual_host_holds_fits_another()
    {
        var (from, to) = (await VirtualHostAsync(), await VirtualHostAsync());
        await PutAsync($"queues/{from}/q", """{"durable":true}""");
        await PutAsync($"exchanges/{from}/x", """{"type":"direct","durable":true}""");
        await PostAsync($"bindings/{from}/e/x/q/q", """{"routing_key":"k"}""");

        var exported = (await GetAsync($"definitions/{from}")).Text;
        Assert.DoesNotContain(from, exported, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync($"definitions/{to}", exported)).Status);

        Assert.Equal(exported, (await GetAsync($"definitions/{to}")).Text);
    }

    [Fact]
    public async Task A_file_of_an_older_RabbitMQ_is_understood()
    {
        var host = $"v{Guid.NewGuid():N}";
        var imported = await PostAsync("definitions", $$$"""
            {"rabbit_version":"3.7.0","users":[{"name":"old{{{host}}}","password_hash":"aMvEv4gwdNz4Bo0Xzuam99yldl6jVb2uQVnMA593U5dg8YlC",
            "hashing_algorithm":"rabbit_password_hashing_sha256","tags":"administrator"}],"vhosts":[{"name":"{{{host}}}"}],
            "permissions":[{"user":"old{{{host}}}","vhost":"{{{host}}}","configure":".*","write":".*","read":".*"}],
            "parameters":[],"global_parameters":[{"name":"cluster_name","value":"rabbit@old"}],
            "policies":[{"vhost":"{{{host}}}","name":"p","pattern":".*","apply-to":"all","definition":{"max-length":4},"priority":0}],
            "queues":[{"name":"q","vhost":"{{{host}}}","durable":true,"auto_delete":false,"arguments":{}},
            {"name":"amq.gen-1","vhost":"{{{host}}}","durable":true,"auto_delete":false,"arguments":{}}],
            "exchanges":[{"name":"x","vhost":"{{{host}}}","type":"fanout","durable":true,"auto_delete":false,"internal":false,"arguments":{}}],
            "bindings":[{"source":"x","vhost":"{{{host}}}","destination":"q","destination_type":"queue","routing_key":"","arguments":{}}]}
            """);

        Assert.Equal(HttpStatusCode.NoContent, imported.Status);
        Assert.Equal("p", (string?)Assert.Single((await GetAsync($"queues/{host}")).Items)!["policy"]);
        Assert.Equal(2, (await GetAsync($"bindings/{host}")).Items.Count);
    }

    [Fact]
    public async Task A_file_that_makes_no_sense_is_refused()
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("definitions", "[")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("definitions", """{"queues":{}}""")).Status);
        Assert.Equal(
            "Please create virtual host \"nowhere\" prior to importing definitions.",
            (await PostAsync("definitions", """{"queues":[{"name":"q","vhost":"nowhere"}]}""")).Reason);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("definitions", """{"queues":[{"vhost":"/"}]}""")).Status);
    }

    [Theory]
    [InlineData("queues", """{"name":"NAME"}""")]
    [InlineData("exchanges", """{"name":"NAME","type":"direct"}""")]
    [InlineData("bindings", """{"source":"amq.direct","destination":"q","routing_key":"NAME"}""")]
    public async Task What_no_client_could_name_is_refused(string part, string item)
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q");
        Task<Answer> ImportAsync(string name) => PostAsync($"definitions/{host}", $$"""{"{{part}}":[{{item.Replace("NAME", name, StringComparison.Ordinal)}}]}""");

        Assert.Equal(HttpStatusCode.NoContent, (await ImportAsync(new string('x', 255))).Status);
        var refused = await ImportAsync("ä" + new string('x', 254));
        Assert.Equal((HttpStatusCode.BadRequest, "names and routing keys have at most 255 bytes"), (refused.Status, refused.Reason));
    }

    private static int Count(JsonObject definitions, string part) => definitions[part]!.AsArray().Count;

    private static JsonObject OfThis(JsonNode all, string host, string user)
    {
        var mine = new JsonObject();
        foreach (var part in Parts)
        {
            mine[part] = new JsonArray(
            [
                .. all[part]!.AsArray().Where(item =>
                    (string?)item!["vhost"] == host || (part == "vhosts" && (string?)item["name"] == host) || (part == "users" && (string?)item["name"] == user))
                    .Select(item => item!.DeepClone()),
            ]);
        }

        return mine;
    }
}
