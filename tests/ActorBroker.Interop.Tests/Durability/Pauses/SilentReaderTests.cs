using System.Diagnostics;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using ActorBroker.Interop.Tests.Wire;
using RabbitMQ.Client;
using Xunit;
using Xunit.Abstractions;

namespace ActorBroker.Interop.Tests.Durability.Pauses;

/// <summary>A client that consumes and then does not read any more.</summary>
[Collection(KilledBroker.Name)]
public sealed class SilentReaderTests(ITestOutputHelper output)
{
    private const string Queue = "unread";
    private const int BodyBytes = 2_000;
    private const long GrowthMax = 120_000_000;

    [OwnLinuxBrokerFact]
    public async Task A_client_that_stops_reading_costs_little_memory_and_holds_up_nobody()
    {
        var messages = LongForm.Or(1_000_000, 100_000);
        var silence = TimeSpan.FromSeconds(LongForm.Or(600, 10));
        await using var broker = await BrokerProcess.StartAsync();
        var factory = new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port, AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        await channel.QueueDeclareAsync("other", durable: true, exclusive: false, autoDelete: false);
        var other = await DeliveryCollector.StartAsync(channel, "other", autoAck: true);
        await using var publishing = await factory.CreateConnectionAsync();
        await using var publisher = await ConfirmedPublisher.OpenAsync(publishing, window: 1_000);

        // Code that has run once and buffers that have grown are not what is measured.
        await PublishAsync(publisher, messages / 10);
        await channel.QueuePurgeAsync(Queue);
        var before = ProcessGauge.ResidentBytes(broker.ProcessId);

        await using (var silent = await RawConnection.OpenAsync(broker.Endpoint))
        {
            await silent.OpenChannelAsync(1);
            await silent.SendMethodAsync(1, 60, 20, new Payload().U16(0).ShortString(Queue).ShortString("silent").Octet(0).Table());
            await silent.ExpectMethodAsync(1, 60, 21);
            await PublishAsync(publisher, messages);
            var slowest = TimeSpan.Zero;
            var largest = 0L;
            for (var since = Stopwatch.StartNew(); since.Elapsed < silence;)
            {
                var asked = Stopwatch.StartNew();
                await channel.BasicPublishAsync("", "other", "served"u8.ToArray());
                Assert.Equal("served", (await other.NextAsync()).Text);
                slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, asked.Elapsed.Ticks));
                largest = Math.Max(largest, ProcessGauge.ResidentBytes(broker.ProcessId));
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }

            output.WriteLine($"{messages} messages: memory grew by {(largest - before) / 1_000_000} MB, others waited {slowest.TotalMilliseconds:F0} ms at most");
            Assert.True(largest - before < GrowthMax, $"memory grew by {(largest - before) / 1_000_000} MB");
        }

        // What it did not read comes back when it is gone.
        var back = Stopwatch.StartNew();
        while (await channel.MessageCountAsync(Queue) < messages && back.Elapsed < BrokerFixture.Limit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        Assert.Equal((uint)messages, await channel.MessageCountAsync(Queue));
    }

    private static async Task PublishAsync(ConfirmedPublisher publisher, int count)
    {
        var body = new byte[BodyBytes];
        for (var i = 0; i < count; i++)
        {
            await publisher.PublishAsync("", Queue, body, persistent: true);
        }

        await publisher.AllConfirmedAsync();
    }
}
