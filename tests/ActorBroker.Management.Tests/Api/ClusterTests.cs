using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

/// <summary>The cluster's name and parameters, who has logged in, and what memory is taken by.</summary>
public sealed class ClusterTests(ApiFixture fixture) : ApiSpec(fixture)
{
    [Fact]
    public async Task A_cluster_that_is_given_a_name_has_it_everywhere()
    {
        var user = await UserAsync("monitoring");
        Assert.Equal(HttpStatusCode.Unauthorized, (await PutAsync("cluster-name", """{"name":"mine"}""", user)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync("cluster-name")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync("cluster-name", """{"name":"eu \"west\""}""")).Status);

        Assert.Equal("eu \"west\"", (string?)(await GetAsync("cluster-name", user)).Json["name"]);
        Assert.Equal("eu \"west\"", (string?)(await GetAsync("overview")).Json["cluster_name"]);
        var factory = new ConnectionFactory { HostName = Fixture.Amqp.Address.ToString(), Port = Fixture.Amqp.Port, AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync();
        Assert.Equal("eu \"west\"", Encoding.UTF8.GetString((byte[])connection.ServerProperties!["cluster_name"]!));
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync("global-parameters/cluster_name")).Status);
        Assert.Equal((string?)(await GetAsync("overview")).Json["node"], (string?)(await GetAsync("cluster-name")).Json["name"]);
    }

    [Fact]
    public async Task A_global_parameter_is_any_JSON_and_goes_with_definitions()
    {
        var name = $"p{Guid.NewGuid():N}";
        const string Value = """{"a":[1,null,"ä"],"b":1.5}""";

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"global-parameters/{name}")).Status);
        Assert.Equal("[{key_missing,value}]", (await PutAsync($"global-parameters/{name}")).Reason);
        Assert.Equal(HttpStatusCode.Created, (await PutAsync($"global-parameters/{name}", $$"""{"value":{{Value}}}""")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync($"global-parameters/{name}", $$"""{"value":{{Value}}}""")).Status);
        Assert.Equal($$"""{"name":"{{name}}","value":{{Value}}}""", (await GetAsync($"global-parameters/{name}")).Text);
        Assert.Contains((await GetAsync("global-parameters")).Items, item => (string?)item!["name"] == name);
        var exported = (await GetAsync("definitions")).Json["global_parameters"]!.AsArray().Single(item => (string?)item!["name"] == name)!;

        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync($"global-parameters/{name}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync($"global-parameters/{name}")).Status);
        var file = new JsonObject
        {
            ["global_parameters"] = new JsonArray(exported.DeepClone(), new JsonObject { ["name"] = "internal_cluster_id", ["value"] = "of another" }),
        };
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync("definitions", file.ToJsonString())).Status);
        Assert.Equal(Value, (await GetAsync($"global-parameters/{name}")).Json["value"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("global-parameters/internal_cluster_id")).Status);
    }

    [Fact]
    public async Task A_global_parameter_that_is_too_large_is_refused()
    {
        var answer = await PutAsync("global-parameters/large", $$"""{"value":"{{new string('x', 20_000)}}"}""");

        Assert.Equal((HttpStatusCode.BadRequest, "a parameter must not exceed 16384 bytes"), (answer.Status, answer.Reason));
    }

    [Fact]
    public async Task A_form_logs_in_as_a_header_does()
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://{Fixture.EndPoint}/api/") };
        async Task<(HttpStatusCode, string)> LoginAsync(string password)
        {
            using var form = new FormUrlEncodedContent([new("username", "guest"), new("password", password)]);
            using var answer = await client.PostAsync(new Uri("login", UriKind.Relative), form);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }

        Assert.Equal((HttpStatusCode.OK, "\"ok\""), await LoginAsync("guest"));
        Assert.Equal((HttpStatusCode.Unauthorized, """{"error":"not_authorized","reason":"Login failed"}"""), await LoginAsync("no"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync("login")).Status);
    }

    [Fact]
    public async Task Logins_are_counted_by_protocol_and_forgotten_when_asked()
    {
        var node = (string?)(await GetAsync("overview")).Json["node"];
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync("whoami", "nobody")).Status);

        var attempts = Assert.Single((await GetAsync($"auth/attempts/{node}")).Items, static item => (string?)item!["protocol"] == "http")!;

        Assert.True((long)attempts["auth_attempts_failed"]! > 0);
        Assert.Equal((long)attempts["auth_attempts"]!, (long)attempts["auth_attempts_failed"]! + (long)attempts["auth_attempts_succeeded"]!);
        Assert.Equal("[]", (await GetAsync($"auth/attempts/{node}/source")).Text);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync($"auth/attempts/{node}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("auth/attempts/none")).Status);
    }

    [Fact]
    public async Task Memory_is_told_by_its_parts()
    {
        var node = (string?)(await GetAsync("overview")).Json["node"];

        var memory = (await GetAsync($"nodes/{node}/memory")).Json["memory"]!;
        var relative = (await GetAsync($"nodes/{node}/memory/relative")).Json["memory"]!;

        Assert.True((long)memory["total"]!["rss"]! > 0 && (long)memory["other_proc"]! > 0);
        Assert.InRange((long)relative["other_proc"]!, 1, 100);
        Assert.Equal(100, (int)relative["total"]!);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("nodes/none/memory")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync("reset")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync($"reset/{node}")).Status);
    }

    [Fact]
    public async Task Whether_certificates_expire_can_be_asked_in_RabbitMQs_units()
    {
        Assert.Equal("""{"status":"ok"}""", (await GetAsync("health/checks/certificate-expiration/1/months")).Text);
        Assert.Equal(
            "Time unit not recognised. Supported units: days, weeks, months, years.", (await GetAsync("health/checks/certificate-expiration/1/hours")).Reason);
        Assert.Equal("Invalid expiration value.", (await GetAsync("health/checks/certificate-expiration/x/days")).Reason);
        Assert.Equal("""{"status":"ok"}""", (await GetAsync("health/checks/certificate-expiration/99999/years")).Text);
    }

    [Theory]
    [InlineData("PUT", "queues/%2F/x", """{"durable":"maybe"}""", """["not_boolean","maybe"]""")]
    [InlineData("POST", "queues/%2F/x/get", """{"count":"x","ackmode":"ack_requeue_true","encoding":"auto"}""", """["not_integer","x"]""")]
    [InlineData("POST", "queues/%2F/x/actions", """{"action":"nope"}""", """["unknown","nope"]""")]
    [InlineData("POST", "exchanges/%2F/amq.topic/publish", """{"properties":{},"routing_key":"a","payload":"%%%","payload_encoding":"base64"}""", """["not_base64","%%%"]""")]
    [InlineData("PUT", "users/x", """{"password_hash":"#","tags":""}""", """["not_base64","#"]""")]
    [InlineData("POST", "users/bulk-delete", """{"users":["guest","nobody"]}""", """["no_such_user","nobody"]""")]
    [InlineData("PUT", "user-limits/nobody/max-channels", """{"value":1}""", """["no_such_user","nobody"]""")]
    [InlineData("PUT", "feature-flags/x/enable", "{}", "\"unsupported\"")]
    [InlineData("GET", "overview?lengths_age=60&lengths_incr=0", null, "\"Invalid range parameters: age 60, incr 0\"")]
    public async Task What_is_of_the_wrong_kind_is_named_as_RabbitMQ_names_it(string method, string path, string? body, string reason)
    {
        await PutAsync("queues/%2F/x");

        var answer = await SendAsync(new HttpMethod(method), path, body, "guest");

        Assert.Equal((HttpStatusCode.BadRequest, $$"""{"error":"bad_request","reason":{{reason}}}"""), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task A_range_of_samples_that_is_no_number_asks_for_nothing() =>
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("overview?lengths_age=x&lengths_incr=5")).Status);

    [Fact]
    public async Task A_form_that_is_none_is_the_clients_error()
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://{Fixture.EndPoint}/api/") };
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("guest:guest"u8));
        using var form = new StringContent("--x\r\nContent-Disposition: =\r\n\r\n{}\r\n--x--\r\n");
        form.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        using var answer = await client.PostAsync(new Uri("definitions", UriKind.Relative), form);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("failed_to_parse_form", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
