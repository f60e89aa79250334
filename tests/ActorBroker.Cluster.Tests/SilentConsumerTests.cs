using ActorBroker.Testing;
using ActorBroker.Testing.Clients;
using ActorBroker.Testing.Networks;
using ActorBroker.Testing.PostgreSql;
using ActorBroker.Testing.Processes;
using RabbitMQ.Client;
using Xunit;
using Xunit.Abstractions;

namespace ActorBroker.Cluster.Tests;

/// <summary>A consumer on one node that does not read, of a queue on another one: what is between them stays small.</summary>
public sealed class SilentConsumerTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Queue = "unread";
    private const int BodyBytes = 4_000;
    private const long GrowthMax = 80_000_000;

    private static readonly int Messages = LongForm.Or(250_000, 40_000);

    private PostgresServer _server = null!;

    public async Task InitializeAsync() => _server = await PostgresServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_consumer_on_another_node_that_does_not_read_costs_neither_node_memory_and_gets_all_in_order_later()
    {
        await using var home = await StartAsync("--profile", "cluster", "--node-port", "0");
        await using var away = await StartAsync("--join", NodeOf(home), "--node-port", "0");
        await using var relay = new ClientRelay(away.Endpoint);
        await using var publishing = await ConnectAsync(home.Endpoint.Port);
        await using var consuming = await ConnectAsync(relay.Port);
        await using var onHome = await publishing.CreateChannelAsync();
        foreach (var queue in new[] { Queue, "other" })
            await onHome.QueueDeclareAsync(
                queue, durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?> { ["x-queue-leader-locator"] = "client-local" });
        await using var nearby = await ConnectAsync(away.Endpoint.Port);
        var other = await DeliveryCollector.StartAsync(await nearby.CreateChannelAsync(), "other", autoAck: true);
        await using var publisher = await ConfirmedPublisher.OpenAsync(publishing, window: 1_000);

        // Code that has run once and buffers that have grown are not what is measured.
        await PublishAsync(publisher, from: -Messages / 10, to: 0);
        await onHome.QueuePurgeAsync(Queue);
        var before = (Home: ProcessGauge.ResidentBytes(home.ProcessId), Away: ProcessGauge.ResidentBytes(away.ProcessId));
        var largest = before;

        // Without a prefetch count, so that nothing but the reading holds deliveries back.
        var received = new NumberedDeliveries(await consuming.CreateChannelAsync());
        await received.Channel.BasicConsumeAsync(Queue, autoAck: false, received);
        await PublishAsync(publisher, from: 0, to: 1);
        await received.AwaitAsync(1);
        relay.BeSilent();
        for (var from = 1; from <= Messages; from += Messages / 10)
        {
            await PublishAsync(publisher, from, from + (Messages / 10));
            await onHome.BasicPublishAsync("", "other", "served"u8.ToArray());
            Assert.Equal("served", (await other.NextAsync()).Text);
            largest = (
                Math.Max(largest.Home, ProcessGauge.ResidentBytes(home.ProcessId)), Math.Max(largest.Away, ProcessGauge.ResidentBytes(away.ProcessId)));
        }

        output.WriteLine(
            $"{Messages} messages of {BodyBytes} bytes: the queue's node grew by {(largest.Home - before.Home) / 1_000_000} MB, the consumer's by {(largest.Away - before.Away) / 1_000_000} MB");
        Assert.True(largest.Home - before.Home < GrowthMax, $"the queue's node grew by {(largest.Home - before.Home) / 1_000_000} MB");
        Assert.True(largest.Away - before.Away < GrowthMax, $"the consumer's node grew by {(largest.Away - before.Away) / 1_000_000} MB");

        Assert.True(received.Numbers.Count < Messages / 2, "the consumer was not silent");
        relay.ReadAgain();
        await received.AwaitAsync(Messages + 1);
        Assert.Equal(Enumerable.Range(0, Messages + 1), received.Numbers);
    }

    private static async Task PublishAsync(ConfirmedPublisher publisher, int from, int to)
    {
        for (var number = from; number < to; number++)
        {
            var body = new byte[BodyBytes];
            BitConverter.TryWriteBytes(body, number);
            await publisher.PublishAsync("", Queue, body, persistent: true);
        }

        await publisher.AllConfirmedAsync();
    }

    private Task<BrokerProcess> StartAsync(params string[] arguments) => BrokerProcess.StartAsync(new BrokerLaunch
    {
        Arguments = arguments,
        Settings =
        [
            "actorbroker.journal.provider=postgresql", $"actorbroker.journal.connection-string={_server.ConnectionString}",
            "actorbroker.listeners.http.enabled=off",
        ],
    });

    private static string NodeOf(BrokerProcess node) => node.EndpointOf("node").ToString();

    private static Task<IConnection> ConnectAsync(int port) => new ConnectionFactory
    {
        HostName = "127.0.0.1",
        Port = port,
        AutomaticRecoveryEnabled = false,
        ContinuationTimeout = BrokerProcess.AnswerLimit,

        // It is silent for longer than a heartbeat.
        RequestedHeartbeat = TimeSpan.Zero,
    }.CreateConnectionAsync();
}
