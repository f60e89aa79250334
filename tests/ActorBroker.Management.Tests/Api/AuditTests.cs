using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

/// <summary>Who has changed what.</summary>
public sealed class AuditTests(ApiFixture fixture) : ApiSpec(fixture)
{
    [Fact]
    public async Task Everything_that_changes_a_virtual_host_is_noted_with_who_did_it_from_where_and_when()
    {
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        var (host, user) = (await VirtualHostAsync(), await UserAsync("administrator"));
        await PermitAsync(user, host);
        await PutAsync($"queues/{host}/q", """{"durable":true,"arguments":{"x-max-length":5}}""", user);
        await PutAsync($"exchanges/{host}/e", """{"type":"topic","durable":true}""", user);
        await PostAsync($"bindings/{host}/e/e/q/q", """{"routing_key":"k.#"}""", user);
        await DeleteAsync($"queues/{host}/q/contents", user);
        await PutAsync($"policies/{host}/p", """{"pattern":"^q","definition":{"max-length":3}}""", user);
        await DeleteAsync($"policies/{host}/p", user);
        await DeleteAsync($"exchanges/{host}/e", user);
        await DeleteAsync($"queues/{host}/q", user);
        await DeleteAsync($"vhosts/{host}");

        // Of what is gone.
        var items = (await ToldAsync($"audit/{host}?order=asc", static page => page["items"]!.AsArray().Any(item => Of(item) is "vhost deleted")))["items"]!.AsArray();
        string[] wanted =
        [
            "vhost created", "permission granted", "permission granted", "queue created", "exchange created", "binding created", "queue purged", "policy set", "policy cleared",
            "exchange deleted", "binding deleted", "queue deleted", "permission cleared", "permission cleared", "vhost closed", "vhost deleted",
        ];
        Assert.Equal(wanted, items.Select(Of));
        var queue = items.First(item => Of(item) is "queue created")!;
        Assert.Equal((user, host, "q"), ((string?)queue["user"], (string?)queue["vhost"], (string?)queue["name"]));
        Assert.StartsWith("127.0.0.1:", (string?)queue["address"], StringComparison.Ordinal);
        Assert.InRange((long)queue["at"]!, before.ToUnixTimeMilliseconds(), DateTimeOffset.UtcNow.AddSeconds(1).ToUnixTimeMilliseconds());
        Assert.Equal(
            """{"durable":true,"exclusive":false,"auto_delete":false,"arguments":{"x-max-length":5}}""", queue["details"]!.ToJsonString());
        Assert.Equal(
            """{"destination":"q","destination_type":"queue","routing_key":"k.#","arguments":{}}""",
            items.First(item => Of(item) is "binding created")!["details"]!.ToJsonString());
        Assert.Equal("""{"pattern":"^q","apply-to":"all","priority":0,"definition":{"max-length":3}}""", items.First(item => Of(item) is "policy set")!["details"]!.ToJsonString());

        // Backwards is the same, page by page.
        var back = new List<string>();
        var from = string.Empty;
        do
        {
            var page = (await GetAsync($"audit/{host}?count=5{from}")).Json;
            back.AddRange(page["items"]!.AsArray().Select(Of));
            from = page["next"] is { } next ? $"&from={next}" : null;
        }
        while (from is not null);
        Assert.Equal(wanted.Reverse(), back);
    }

    [Fact]
    public async Task Records_are_selected_by_who_what_and_when()
    {
        var (host, user) = (await VirtualHostAsync(), await UserAsync("administrator"));
        await PermitAsync(user, host);
        foreach (var name in (string[])["a", "b", "c"])
        {
            await PutAsync($"queues/{host}/{name}", """{"durable":true}""", name == "b" ? "guest" : user);
        }

        await ToldAsync($"audit?vhost={host}&kind=queue", static page => page["items"]!.AsArray().Count == 3);
        Assert.Equal(["c", "a"], await NamesAsync($"audit?user={user}&kind=queue"));
        Assert.Equal(["b"], await NamesAsync($"audit/{host}?name=b"));
        Assert.Equal(["c", "b"], await NamesAsync($"audit/{host}?action=created&kind=queue&count=2"));
        Assert.Empty(await NamesAsync($"audit/{host}?kind=queue&action=deleted"));
        var first = (long)(await GetAsync($"audit/{host}?name=a")).Json["items"]![0]!["at"]!;
        var hour = TimeSpan.FromHours(1).TotalMilliseconds;
        Assert.Equal(3, (await NamesAsync($"audit/{host}?kind=queue&since={first - hour}&until={first + hour}")).Length);
        Assert.Empty(await NamesAsync($"audit/{host}?since={first + hour}"));
        Assert.Empty(await NamesAsync($"audit/{host}?until=2001-02-03T04:05:06Z&order=asc"));
        foreach (var query in (string[])["since=yesterday", "from=x", "order=up", "kind=a.b", "action=%23"])
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync($"audit?{query}")).Status);
        }
    }

    [Fact]
    public async Task No_password_is_noted()
    {
        var user = await UserAsync("monitoring");
        await PutAsync($"users/{user}", """{"password":"a-new-secret","tags":"monitoring"}""");
        var page = await ToldAsync($"audit?name={user}&kind=user", static page => page["items"]!.AsArray().Count == 2);
        Assert.Equal("""{"tags":["monitoring"],"password_changed":true}""", page["items"]![0]!["details"]!.ToJsonString());
        Assert.DoesNotContain("secret", page.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hash", page.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_that_somebody_removed_or_moved_are_noted_and_what_a_client_declares_for_itself_is_not()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/own", """{"durable":false}""");
        await PutAsync($"queues/{host}/auto", """{"durable":true,"auto_delete":true}""");
        await PutAsync($"queues/{host}/q", """{"durable":true}""");
        await PostAsync($"exchanges/{host}/amq.default/publish", """{"properties":{},"routing_key":"q","payload":"x","payload_encoding":"string"}""");
        await PostAsync($"exchanges/{host}/amq.default/publish", """{"properties":{},"routing_key":"q","payload":"y","payload_encoding":"string"}""");
        await DeleteAsync($"queues/{host}/own");
        await PostAsync($"queues/{host}/q/messages/move", """{"positions":[1],"destination":"auto"}""");
        await DeleteAsync($"queues/{host}/q/messages/0");
        var page = await ToldAsync($"audit/{host}?order=asc", static page => page["items"]!.AsArray().Any(item => Of(item) is "message deleted"));
        Assert.Equal(["vhost created", "permission granted", "queue created", "message moved", "message deleted"], page["items"]!.AsArray().Select(Of));
        Assert.Equal("""{"messages":1,"destination":"auto","destination_type":"queue"}""", page["items"]![3]!["details"]!.ToJsonString());
        Assert.Equal("""{"messages":1,"positions":["0"]}""", page["items"]![4]!["details"]!.ToJsonString());
    }

    [Fact]
    public async Task The_trail_is_in_no_list_and_its_virtual_host_is_nobodys()
    {
        await ToldAsync("audit", static page => page["items"]!.AsArray().Count > 0);
        Assert.DoesNotContain("amq.audit", (await GetAsync("queues")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("amq.audit", (await GetAsync("vhosts")).Text, StringComparison.Ordinal);
        Assert.Equal("the vhost name 'amq.audit' is reserved for the broker", (await PutAsync("vhosts/amq.audit")).Reason);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("queues/amq.audit/amq.audit/history")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync("queues/amq.audit/amq.audit")).Status);
    }

    [Fact]
    public async Task Only_administrators_read_the_trail()
    {
        var (host, user) = (await VirtualHostAsync(), await UserAsync("monitoring"));
        await PermitAsync(user, host);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync("audit", user)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync($"audit/{host}", user)).Status);
    }

    private static string Of(JsonNode? item) => string.Create(CultureInfo.InvariantCulture, $"{item!["kind"]} {item["action"]}");

    private async Task<string[]> NamesAsync(string path) =>
        [.. (await GetAsync(path)).Json["items"]!.AsArray().Select(item => (string)item!["name"]!)];
}
