using System.Net;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

public sealed class UserTests(ApiFixture fixture) : ApiSpec(fixture)
{
    // RabbitMQ's hash of the password "guest" with some salt, as an export of it has it.
    private const string HashOfGuest = "aMvEv4gwdNz4Bo0Xzuam99yldl6jVb2uQVnMA593U5dg8YlC";

    [Fact]
    public async Task Who_does_not_say_who_it_is_is_asked_for_it()
    {
        var nobody = await SendAsync(HttpMethod.Get, "whoami", null, user: null);
        Assert.Equal((HttpStatusCode.Unauthorized, string.Empty), (nobody.Status, nobody.Text));
        Assert.Equal("Basic realm=\"RabbitMQ Management\"", nobody.Headers.WwwAuthenticate.Single().ToString());
        var stranger = await GetAsync("whoami", user: "stranger");
        Assert.Equal((HttpStatusCode.Unauthorized, """{"error":"not_authorized","reason":"Login failed"}"""), (stranger.Status, stranger.Text));
        Assert.Equal("""{"name":"guest","tags":["administrator"]}""", (await GetAsync("whoami")).Text);
    }

    [Fact]
    public async Task Who_has_no_tag_of_the_management_does_not_come_in()
    {
        var user = await UserAsync("impersonator");

        Assert.Equal("""{"error":"not_authorised","reason":"Not management user"}""", (await GetAsync("whoami", user)).Text);
    }

    [Fact]
    public async Task Users_are_made_changed_and_deleted()
    {
        var user = await UserAsync("management, foo");
        Assert.Equal(["management", "foo"], (await GetAsync($"users/{user}")).Json["tags"]!.AsArray().Select(tag => (string)tag!));
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync($"users/{user}", $$"""{"password_hash":"{{HashOfGuest}}","tags":["monitoring"]}""")).Status);
        var changed = (await GetAsync($"users/{user}")).Json;
        Assert.Equal((HashOfGuest, "rabbit_password_hashing_sha256"), ((string?)changed["password_hash"], (string?)changed["hashing_algorithm"]));
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync("whoami", user)).Status);
        Assert.Equal("tags_not_present", (await PutAsync($"users/{user}", """{"password":"x"}""")).Reason);
        Assert.Equal(
            "both_password_and_password_hash_are_provided", (await PutAsync($"users/{user}", """{"password":"x","password_hash":"y","tags":""}""")).Reason);
        Assert.Contains((await GetAsync("users/without-permissions")).Items, item => (string?)item!["name"] == user);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync("users/bulk-delete", $$"""{"users":["{{user}}"]}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"users/{user}")).Status);
    }

    [Fact]
    public async Task Permissions_are_given_told_of_and_taken_away()
    {
        var (host, user) = (await VirtualHostAsync(), await UserAsync("management"));
        Assert.Equal("User not authorised to access virtual host", (await GetAsync($"queues/{host}", user)).Reason);

        await PermitAsync(user, host, configure: "^mine", read: string.Empty);

        Assert.Equal(
            $$"""[{"user":"{{user}}","vhost":"{{host}}","configure":"^mine","write":".*","read":""}]""", (await GetAsync($"users/{user}/permissions")).Text);
        Assert.Equal(2, (await GetAsync($"vhosts/{host}/permissions")).Items.Count);
        Assert.Equal(HttpStatusCode.Created, (await PutAsync($"queues/{host}/mine", user: user)).Status);
        Assert.Equal("""{"error":"not_authorised","reason":"Access refused."}""", (await PutAsync($"queues/{host}/yours", user: user)).Text);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync($"queues/{host}/mine/get", """{"count":1,"ackmode":"ack_requeue_true","encoding":"auto"}""", user)).Status);
        Assert.Equal("[{key_missing,read}]", (await PutAsync($"permissions/{host}/{user}", """{"configure":"","write":""}""")).Reason);
        Assert.Equal("vhost_or_user_not_found", (await PutAsync($"permissions/{host}/nobody", """{"configure":"","write":"","read":""}""")).Reason);
        Assert.Equal(HttpStatusCode.Created, (await PutAsync($"topic-permissions/{host}/{user}", """{"exchange":"amq.topic","write":"^a","read":".*"}""")).Status);
        Assert.Equal("^a", (string?)Assert.Single((await GetAsync($"topic-permissions/{host}/{user}")).Items)!["write"]);
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync($"topic-permissions/{host}/{user}/amq.topic", """{"exchange":"amq.topic","write":"^b","read":".*"}""")).Status);
        Assert.Equal("^b", (string?)Assert.Single((await GetAsync($"topic-permissions/{host}/{user}/amq.topic")).Items)!["write"]);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync($"topic-permissions/{host}/{user}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync($"permissions/{host}/{user}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"permissions/{host}/{user}")).Status);
    }

    [Fact]
    public async Task Virtual_hosts_are_made_described_protected_and_deleted()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"vhosts/{host}", """{"description":"d","tags":"a,b","default_queue_type":"quorum","tracing":true}""");

        var told = (await GetAsync($"vhosts/{host}")).Json;
        Assert.Equal(("d", "quorum", true), ((string?)told["description"], (string?)told["default_queue_type"], (bool)told["tracing"]!));
        Assert.Equal(["a", "b"], told["tags"]!.AsArray().Select(tag => (string)tag!));
        await PutAsync($"queues/{host}/q", """{"durable":true}""");
        Assert.Equal("quorum", (string?)(await GetAsync($"queues/{host}/q")).Json["type"]);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync($"vhosts/{host}/deletion/protection")).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await DeleteAsync($"vhosts/{host}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync($"vhosts/{host}/deletion/protection")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync($"vhosts/{host}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"queues/{host}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync($"vhosts/{host}")).Status);
    }

    [Fact]
    public async Task Limits_are_set_told_of_and_taken_away()
    {
        var (host, user) = (await VirtualHostAsync(), await UserAsync("management"));
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync($"vhost-limits/{host}/max-queues", """{"value":1}""")).Status);
        await PutAsync($"vhost-limits/{host}/max-connections", """{"value":9}""");
        await PutAsync($"user-limits/{user}/max-channels", """{"value":"7"}""");

        Assert.Equal($$$"""[{"vhost":"{{{host}}}","value":{"max-connections":9,"max-queues":1}}]""", (await GetAsync($"vhost-limits/{host}")).Text);
        Assert.Equal($$$"""[{"user":"{{{user}}}","value":{"max-channels":7}}]""", (await GetAsync($"user-limits/{user}")).Text);
        Assert.Equal(7, (int)(await GetAsync($"users/{user}")).Json["limits"]!["max-channels"]!);
        await PutAsync($"queues/{host}/one");
        Assert.Contains("queue limit", (await PutAsync($"queues/{host}/two")).Reason, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync($"user-limits/{user}/max-foo", """{"value":7}""")).Status);
        await DeleteAsync($"vhost-limits/{host}/max-queues");
        await DeleteAsync($"vhost-limits/{host}/max-connections");
        await DeleteAsync($"user-limits/{user}/max-channels");
        Assert.Empty((await GetAsync($"vhost-limits/{host}")).Items);
        Assert.Empty((await GetAsync($"user-limits/{user}")).Items);
    }
}
