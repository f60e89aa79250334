using System.Diagnostics;
using ActorBroker.Interop.Tests.Hosting;
using ActorBroker.Interop.Tests.Wire;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;
using Xunit.Abstractions;

namespace ActorBroker.Interop.Tests.Durability.Pauses;

/// <summary>Clients that come and die without a goodbye.</summary>
[Collection(KilledBroker.Name)]
public sealed class KilledConnectionsTests(ITestOutputHelper output)
{
    private const string Queue = "shared";
    private const int Messages = 50;
    private const int AtOnce = 25;
    private const int SpareHandles = 10;
    private const long GrowthMax = 60_000_000;

    [OwnLinuxBrokerFact]
    public async Task Connections_that_are_opened_and_killed_leave_nothing_behind()
    {
        var connections = LongForm.Or(2_000, 300);
        await using var broker = await BrokerProcess.StartAsync($"actorbroker.amqp091.max-connections={(2 * AtOnce) + 1}");
        await using var proxy = new CuttableProxy(broker.Endpoint);
        var factory = new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port, AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        for (var i = 0; i < Messages; i++)
        {
            await channel.BasicPublishAsync("", Queue, false, new BasicProperties { Persistent = true }, new byte[100]);
        }

        // The first ones load code, grow pools and the heap.
        await OpenAndKillAsync(proxy, connections / 3);
        await GoneAsync(channel);
        var (memory, handles) = (ProcessGauge.ResidentBytes(broker.ProcessId), ProcessGauge.Handles(broker.ProcessId));
        var since = Stopwatch.StartNew();
        var exclusive = await OpenAndKillAsync(proxy, connections);
        output.WriteLine($"{connections} connections in {since.Elapsed.TotalSeconds:F1} s");
        await GoneAsync(channel);
        var (memoryAfter, handlesAfter) = (ProcessGauge.ResidentBytes(broker.ProcessId), ProcessGauge.Handles(broker.ProcessId));
        output.WriteLine($"memory {memory / 1_000_000} MB, then {memoryAfter / 1_000_000}; handles {handles}, then {handlesAfter}");
        Assert.True(handlesAfter <= handles + SpareHandles, $"{handles} handles before, {handlesAfter} after");
        Assert.True(memoryAfter - memory < GrowthMax, $"{memory / 1_000_000} MB before, {memoryAfter / 1_000_000} MB after");
        foreach (var name in exclusive.Chunk(connections / 10).Select(names => names[0]))
        {
            await AssertGoneAsync(connection, name);
        }
    }

    private static async Task<List<string>> OpenAndKillAsync(CuttableProxy proxy, int count)
    {
        var exclusive = new List<string>();
        for (var opened = 0; opened < count; opened += AtOnce)
        {
            var clients = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => OpenAsync(proxy.Endpoint)));
            exclusive.AddRange(clients.Select(client => client.Queue));
            proxy.Cut();
            foreach (var client in clients)
            {
                await client.Connection.DisposeAsync();
            }
        }

        return exclusive;
    }

    // A consumer on the shared queue, one on a queue of its own, and a publish that is cut off in its middle.
    private static async Task<(RawConnection Connection, string Queue)> OpenAsync(BrokerEndpoint endpoint)
    {
        var connection = await RawConnection.OpenAsync(endpoint);
        await connection.OpenChannelAsync(1);
        var queue = await connection.DeclareQueueAsync(1);
        await connection.SendMethodAsync(1, 60, 20, new Payload().U16(0).ShortString(queue).ShortString("own").Octet(0).Table());
        await connection.ExpectMethodAsync(1, 60, 21);
        await connection.OpenChannelAsync(2);
        await connection.SendMethodAsync(2, 60, 20, new Payload().U16(0).ShortString(Queue).ShortString("shared").Octet(0).Table());
        await connection.ExpectMethodAsync(2, 60, 21);
        await connection.SendPublishAsync(1, "", queue);
        await connection.SendHeaderAsync(1, 1_000);
        return (connection, queue);
    }

    // The broker may notice a moment later; then everything is back, and nobody holds anything.
    private static async Task GoneAsync(IChannel channel)
    {
        var since = Stopwatch.StartNew();
        QueueDeclareOk queue;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200));
            queue = await channel.QueueDeclarePassiveAsync(Queue);
        }
        while ((queue.ConsumerCount > 0 || queue.MessageCount < Messages) && since.Elapsed < BrokerFixture.Limit);

        Assert.Equal((0u, (uint)Messages), (queue.ConsumerCount, queue.MessageCount));
    }

    private static async Task AssertGoneAsync(IConnection connection, string queue)
    {
        await using var channel = await connection.CreateChannelAsync();
        var failure = await Assert.ThrowsAnyAsync<OperationInterruptedException>(() => channel.QueueDeclarePassiveAsync(queue));
        Assert.Equal((ushort)404, failure.ShutdownReason!.ReplyCode);
    }
}
