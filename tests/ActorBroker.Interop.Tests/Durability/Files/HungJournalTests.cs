using System.Diagnostics;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Durability.Files;

/// <summary>Another process holds the journal's file, so that nothing can be written for a while.</summary>
[Collection(KilledBroker.Name)]
public sealed class HungJournalTests
{
    private const string Hung = "hung";
    private const string Filled = "filled";

    // Longer than SQLite waits for the file at first (10 s); of the long form, longer than each attempt may take in all.
    public static TheoryData<int> SecondsHung => LongForm.IsAsked ? [30, 90] : [13];

    [OwnBrokerTheory]
    [MemberData(nameof(SecondsHung))]
    public async Task Publishers_wait_while_the_journal_hangs_and_everything_else_goes_on(int seconds)
    {
        await using var broker = await BrokerProcess.StartAsync();
        var factory = new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port, AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(Hung, durable: true, exclusive: false, autoDelete: false);
        await channel.QueueDeclareAsync(Filled, durable: true, exclusive: false, autoDelete: false);
        var consumer = await DeliveryCollector.StartAsync(channel, Hung);
        await using var filler = await ConfirmedPublisher.OpenAsync(connection);
        for (var i = 0; i < seconds * 2; i++)
        {
            await filler.PublishAsync("", Filled, new byte[100], persistent: true);
        }

        await filler.AllConfirmedAsync();
        await using var publisher = await ConfirmedPublisher.OpenAsync(connection);
        using var resumed = new CancellationTokenSource();
        var holder = StoredJournal.Hold(broker.DataFolder);
        var publishing = PublishAsync(publisher, resumed.Token);

        var hung = Stopwatch.StartNew();
        while (hung.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            await using var other = await factory.CreateConnectionAsync();
            await using var answered = await other.CreateChannelAsync();
            Assert.True(await answered.MessageCountAsync(Filled) > 0);
            Assert.NotNull(await answered.BasicGetAsync(Filled, autoAck: true));
            var temporary = (await answered.QueueDeclareAsync()).QueueName;
            await using var transient = await ConfirmedPublisher.OpenAsync(other);
            await transient.PublishAsync("", temporary, new byte[100], persistent: false);
            await transient.AllConfirmedAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }

        await holder.DisposeAsync();
        await resumed.CancelAsync();
        var count = await publishing;
        await publisher.AllConfirmedAsync();

        Assert.Empty(publisher.Refused);
        Assert.Equal(Enumerable.Range(1, (int)count), publisher.Confirmed.Select(static number => (int)number).Order());
        var received = await consumer.NextAsync((int)count);
        Assert.Equal(Enumerable.Range(1, (int)count), received.Select(static delivery => (int)BitConverter.ToUInt64(delivery.Body)));
        Assert.DoesNotContain(received, static delivery => delivery.Redelivered);
        Assert.True(connection.IsOpen && channel.IsOpen, "the connection was closed");
        await channel.QueueDeclareAsync("afterwards", durable: true, exclusive: false, autoDelete: false);
        Assert.Contains("The journal has not answered for", broker.Output(), StringComparison.Ordinal);
        Assert.DoesNotContain("restarts from what the journal has", broker.Output(), StringComparison.Ordinal);
    }

    private static async Task<ulong> PublishAsync(ConfirmedPublisher publisher, CancellationToken end)
    {
        for (var number = 1UL; ; number++)
        {
            await publisher.PublishAsync("", Hung, BitConverter.GetBytes(number), persistent: true);
            if (end.IsCancellationRequested)
            {
                return number;
            }

            await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(10), end));
        }
    }
}
