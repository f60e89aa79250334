using System.Text;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Exchanges;

/// <summary>What is left of exchanges and their bindings when the broker comes back.</summary>
[Collection(KilledBroker.Name)]
public sealed class ExchangeRestartTests
{
    private static readonly string[] Types = ["x-consistent-hash", "x-modulus-hash", "x-random", "x-local-random"];

    [OwnBrokerFact]
    public async Task Bindings_of_all_types_survive_a_restart_and_hashes_lead_where_they_led()
    {
        await using var broker = await BrokerProcess.StartAsync();
        var factory = new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port, AutomaticRecoveryEnabled = false };
        var before = await UseAsync(factory, isFirst: true);
        Assert.Equal(0, await broker.StopAsync());
        await broker.StartAgainAsync();
        var after = await UseAsync(factory, isFirst: false);

        foreach (var type in Types)
        {
            Assert.Equal(100, after[type].Sum(ofQueue => ofQueue.Count));
            if (type is "x-consistent-hash" or "x-modulus-hash")
            {
                Assert.Equal(before[type], after[type]);
            }
        }
    }

    private static async Task<Dictionary<string, List<List<string>>>> UseAsync(ConnectionFactory factory, bool isFirst)
    {
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var received = new Dictionary<string, List<List<string>>>();
        foreach (var type in Types)
        {
            if (isFirst)
            {
                await DeclareAsync(channel, type);
            }

            for (var i = 0; i < 100; i++)
            {
                await channel.BasicPublishAsync(type, $"key{i}", mandatory: true, new BasicProperties(), Encoding.UTF8.GetBytes($"{i}"));
            }

            received[type] = [];
            for (var queue = 0; queue < 3; queue++)
            {
                received[type].Add(await DrainAsync(channel, $"{type}-{queue}"));
            }
        }

        return received;
    }

    private static async Task DeclareAsync(IChannel channel, string type)
    {
        await channel.ExchangeDeclareAsync(type, type, durable: true);
        for (var queue = 0; queue < 3; queue++)
        {
            await channel.QueueDeclareAsync($"{type}-{queue}", durable: true, exclusive: false, autoDelete: false);
            await channel.QueueBindAsync($"{type}-{queue}", type, type == "x-local-random" ? "" : $"{queue + 1}");
        }
    }

    private static async Task<List<string>> DrainAsync(IChannel channel, string queue)
    {
        var bodies = new List<string>();
        while (await channel.BasicGetAsync(queue, autoAck: true) is { } message)
        {
            bodies.Add(Encoding.UTF8.GetString(message.Body.Span));
        }

        return bodies;
    }
}
