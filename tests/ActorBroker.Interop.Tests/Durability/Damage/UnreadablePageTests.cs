using System.Text;
using ActorBroker.Interop.Tests.Hosting;
using ActorBroker.Testing.Persistence;
using Xunit;

namespace ActorBroker.Interop.Tests.Durability.Damage;

/// <summary>SQLite cannot read a page of the journal: the messages on it are lost and reported, everything else is served.</summary>
[Collection(KilledBroker.Name)]
public sealed class UnreadablePageTests : StoreTest
{
    private const int Messages = 20;
    private const int Damaged = 7;

    // With an index in a snapshot, the bodies are read when they are delivered; without, when the queue recovers.
    [OwnBrokerTheory]
    [InlineData("1")]
    [InlineData("1000000")]
    public async Task Messages_on_an_unreadable_page_are_lost_and_reported_and_no_others(string snapshotAfterEvents)
    {
        await using var broker = await BrokerProcess.StartAsync($"actorbroker.queue.snapshot-after-events={snapshotAfterEvents}");
        await UseAsync(broker, async channel =>
        {
            await channel.QueueDeclareAsync("damaged", durable: true, exclusive: false, autoDelete: false);
            await channel.QueueDeclareAsync("whole", durable: true, exclusive: false, autoDelete: false);
            await PublishAsync(channel, "damaged", [.. Enumerable.Range(0, Messages).Select(Body)]);
            await PublishAsync(channel, "whole", "beside");
        });
        await broker.StopAsync();
        Pages.Erase(Path.Combine(broker.DataFolder, "journal.db"), Encoding.ASCII.GetBytes(Body(Damaged)[..64]));

        await broker.StartAgainAsync();
        await UseAsync(broker, async channel =>
        {
            Assert.Equal(["beside"], await DrainAsync(channel, "whole"));
            Assert.Equal(Enumerable.Range(0, Messages).Except([Damaged]).Select(Body), await DrainAsync(channel, "damaged"));
            await PublishAsync(channel, "damaged", "afterwards");
            Assert.Equal(["afterwards"], await DrainAsync(channel, "damaged"));
        });
        Assert.Contains("journal damage: 1 messages of queue 'damaged' in vhost '/' are lost with event", broker.Output(), StringComparison.Ordinal);
        Assert.Contains("SQLite cannot read", broker.Output(), StringComparison.Ordinal);
        await broker.StopAsync();

        var (repaired, report) = await ServerCommand.RunAsync("verify", "--data", broker.DataFolder, "--repair", "--json");
        Assert.True(repaired == 0, report);
        await broker.StartAgainAsync();
        await UseAsync(broker, async channel =>
        {
            await PublishAsync(channel, "damaged", "at last");
            Assert.Equal(["at last"], await DrainAsync(channel, "damaged"));
        });
    }

    // Several pages each, of octets that no other message has.
    private static string Body(int number) => new((char)('A' + number), 200_000);
}
