using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Management;

/// <summary>What AMQP clients change, as the API tells of it afterwards, over restarts and kills.</summary>
[Collection(KilledBroker.Name)]
public sealed class AuditTests
{
    [OwnBrokerFact]
    public async Task What_a_client_changed_is_known_after_a_restart_and_a_kill_and_a_removed_message_stays_away()
    {
        await using var broker = await BrokerProcess.StartAsync(
            "actorbroker.listeners.http.enabled=on", "actorbroker.listeners.http.host=127.0.0.1", "actorbroker.listeners.http.port=0");
        var address = await ChangeAsync(broker);
        using (var deleted = await SendAsync(broker, HttpMethod.Delete, "queues/%2F/orders/messages/1"))
        {
            deleted.EnsureSuccessStatusCode();
        }

        // Told to the trail before the process was asked to end.
        Assert.Equal(0, await broker.StopAsync());
        await broker.StartAgainAsync();
        string[] wanted = ["queue created orders", "exchange created events", "binding created events", "message deleted orders"];
        Assert.Equal(wanted, await RecordsAsync(broker, records => records.Count == wanted.Length));
        Assert.Equal(["a", "c"], await PayloadsAsync(broker));
        Assert.Equal(address, (string?)(await GetAsync(broker, "audit/%2F?name=orders&action=created"))["items"]![0]!["address"]);

        await using (var connection = await ConnectAsync(broker))
        {
            await using var channel = await connection.CreateChannelAsync();
            await channel.QueueDeleteAsync("orders");
        }

        wanted = [.. wanted, "queue deleted orders"];
        Assert.Equal(wanted, await RecordsAsync(broker, records => records.Count == wanted.Length));
        await broker.KillAsync();
        await broker.StartAgainAsync();
        Assert.Equal(wanted, await RecordsAsync(broker, records => records.Count == wanted.Length));
    }

    [OwnBrokerFact]
    public async Task Nothing_that_was_answered_is_missing_after_a_kill_at_that_moment()
    {
        await using var broker = await BrokerProcess.StartAsync(
            "actorbroker.listeners.http.enabled=on", "actorbroker.listeners.http.host=127.0.0.1", "actorbroker.listeners.http.port=0");
        List<string> wanted = [];
        for (var round = 0; round < 3; round++)
        {
            await using (var connection = await ConnectAsync(broker))
            {
                await using var channel = await connection.CreateChannelAsync();

                // Enough that records are being gathered, written and taken out when the kill comes.
                for (var i = 0; i < 150; i++)
                {
                    await channel.QueueDeclareAsync($"q{round}-{i}", durable: true, exclusive: false, autoDelete: false);
                    wanted.Add($"queue created q{round}-{i}");
                }

                for (var i = 0; i < 10; i++)
                {
                    await channel.QueueDeleteAsync($"q{round}-{i}");
                    wanted.Add($"queue deleted q{round}-{i}");
                }

                await broker.KillAsync();
            }

            await broker.StartAgainAsync();
            var found = await RecordsAsync(broker, records => wanted.All(records.Contains));

            // One that the stream got at that very moment may come twice.
            Assert.Equal(wanted.Order(StringComparer.Ordinal), found.Distinct().Order(StringComparer.Ordinal));
        }
    }

    private static async Task<string> ChangeAsync(BrokerProcess broker)
    {
        await using var connection = await ConnectAsync(broker);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.QueueDeclareAsync("orders", durable: true, exclusive: false, autoDelete: false);
        await channel.ExchangeDeclareAsync("events", "topic", durable: true);
        await channel.QueueBindAsync("orders", "events", "#");
        await channel.QueueBindAsync((await channel.QueueDeclareAsync()).QueueName, "events", "own.#");
        foreach (var body in (string[])["a", "b", "c"])
        {
            await channel.BasicPublishAsync("events", "key", mandatory: true, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes(body));
        }

        return $"127.0.0.1:{connection.LocalPort}";
    }

    private static Task<IConnection> ConnectAsync(BrokerProcess broker) =>
        new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();

    private static async Task<string[]> PayloadsAsync(BrokerProcess broker) =>
        [.. (await GetAsync(broker, "queues/%2F/orders/messages"))["items"]!.AsArray().Select(static item => (string)item!["payload"]!)];

    private static async Task<List<string>> RecordsAsync(BrokerProcess broker, Predicate<List<string>> areThere)
    {
        using var limit = new CancellationTokenSource(BrokerFixture.Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var page = await GetAsync(broker, "audit/%2F?order=asc&user=guest&count=1000");
            List<string> records = [.. page["items"]!.AsArray().Select(static item => $"{item!["kind"]} {item["action"]} {item["name"]}")];
            if (areThere(records) || limit.IsCancellationRequested)
            {
                return records;
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static async Task<JsonNode> GetAsync(BrokerProcess broker, string path)
    {
        using var response = await SendAsync(broker, HttpMethod.Get, path);
        return JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
    }

    private static async Task<HttpResponseMessage> SendAsync(BrokerProcess broker, HttpMethod method, string path)
    {
        var listener = broker.EndpointOf("http");
        using var client = new HttpClient();
        var address = new Uri($"http://{listener.Host}:{listener.Port}/api/{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("guest:guest"u8));
        return await client.SendAsync(request);
    }
}
