using System.Net;
using System.Text.Json.Nodes;
using ActorBroker.Contracts.Management;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

/// <summary>What a queue, an exchange and a channel have to do with others, in RabbitMQ's form.</summary>
public sealed class PairStatisticsTests(ApiFixture fixture) : ApiSpec(fixture)
{
    [Fact]
    public async Task A_queue_an_exchange_and_a_channel_tell_what_passed_between_them()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q");
        await PostAsync($"bindings/{host}/e/amq.topic/q/q", """{"routing_key":"#"}""");
        await using var connection = await new ConnectionFactory
        {
            HostName = Fixture.Amqp.Address.ToString(), Port = Fixture.Amqp.Port, VirtualHost = host, AutomaticRecoveryEnabled = false,
        }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicPublishAsync("amq.topic", "k", mandatory: false, new BasicProperties(), new byte[1]);
        Assert.NotNull(await channel.BasicGetAsync("q", autoAck: true));

        var queue = (await GetAsync($"queues/{host}/q")).Json;
        var exchange = (await GetAsync($"exchanges/{host}/amq.topic")).Json;
        var name = (string)Assert.Single((await GetAsync($"vhosts/{host}/channels")).Items)!["name"]!;
        var told = (await GetAsync($"channels/{Uri.EscapeDataString(name)}")).Json;

        var delivery = Assert.Single(queue["deliveries"]!.AsArray())!;
        Assert.Equal((1, 1), ((int)delivery["stats"]!["get_no_ack"]!, (int)delivery["stats"]!["deliver_get"]!));
        Assert.Equal(0.0, (double)delivery["stats"]!["get_no_ack_details"]!["rate"]!);
        var details = delivery["channel_details"]!;
        Assert.Equal((name, 1, "guest", "127.0.0.1"), ((string?)details["name"], (int)details["number"]!, (string?)details["user"], (string?)details["peer_host"]));
        Assert.Equal($"{details["connection_name"]} (1)", name);
        AssertPair(Assert.Single(queue["incoming"]!.AsArray()), "exchange", "amq.topic");
        AssertPair(Assert.Single(exchange["outgoing"]!.AsArray()), "queue", "q");
        Assert.Equal(name, (string?)AssertPublished(Assert.Single(exchange["incoming"]!.AsArray()))["channel_details"]!["name"]);
        AssertPair(Assert.Single(told["publishes"]!.AsArray()), "exchange", "amq.topic");
        Assert.Equal("q", (string?)Assert.Single(told["deliveries"]!.AsArray())!["queue"]!["name"]);

        void AssertPair(JsonNode? pair, string kind, string other) =>
            Assert.Equal((other, host), ((string?)AssertPublished(pair)[kind]!["name"], (string?)pair![kind]!["vhost"]));

        JsonNode AssertPublished(JsonNode? pair)
        {
            Assert.Equal(1, (int)pair!["stats"]!["publish"]!);
            return pair;
        }
    }

    [Fact]
    public async Task What_comes_by_the_API_is_counted_as_RabbitMQ_counts_it()
    {
        var host = await VirtualHostAsync();
        await PutAsync($"queues/{host}/q");
        await PostAsync($"exchanges/{host}/amq.default/publish", """{"properties":{},"routing_key":"q","payload":"m","payload_encoding":"string"}""");
        await PostAsync($"queues/{host}/q/get", """{"count":1,"ackmode":"ack_requeue_false","encoding":"auto"}""");

        var totals = Fixture.View.AskNode(new AskNode(0, NodeQuestion.Totals));

        Assert.DoesNotContain(totals.Protocols, static protocol => protocol.Protocol is "akka" or "Direct 0-9-1");
        Assert.Contains(totals.Protocols, static protocol => protocol.Protocol == "amqp091" && protocol.MessageStats.Any(static figure => figure.Name == "deliver_get" && figure.Value > 0));
        Assert.DoesNotContain(totals.Node!.Logins, static login => login.Protocol is "akka" or "Direct 0-9-1");
    }

    [Fact]
    public async Task A_users_queues_are_those_that_it_has_declared()
    {
        var host = await VirtualHostAsync();
        var user = await UserAsync("administrator");
        await PermitAsync(user, host);
        await PutAsync($"queues/{host}/mine", """{"durable":true}""", user);
        await PutAsync($"queues/{host}/foreign", """{"durable":true}""");

        var queue = Assert.Single((await GetAsync($"users/{user}/queues")).Items)!;

        Assert.Equal((host, "mine"), ((string?)queue["vhost"], (string?)queue["name"]));
        Assert.Contains((await GetAsync("users/guest/queues")).Items, item => (string?)item!["name"] == "foreign" && (string?)item["vhost"] == host);
        Assert.Empty((await GetAsync("users/nobody/queues")).Items);
    }

    [Fact]
    public async Task A_connection_of_AMQP_0_9_1_has_no_sessions()
    {
        await using var connection = await new ConnectionFactory
        {
            HostName = Fixture.Amqp.Address.ToString(), Port = Fixture.Amqp.Port, ClientProvidedName = "without sessions", AutomaticRecoveryEnabled = false,
        }.CreateConnectionAsync();
        var told = Assert.Single((await GetAsync("connections")).Items, static item => (string?)item!["user_provided_name"] == "without sessions")!;

        var answer = await GetAsync($"connections/{Uri.EscapeDataString((string)told["name"]!)}/sessions");

        Assert.Equal((HttpStatusCode.BadRequest, "connection does not use AMQP 1.0"), (answer.Status, answer.Reason));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("connections/none/sessions")).Status);
    }
}
