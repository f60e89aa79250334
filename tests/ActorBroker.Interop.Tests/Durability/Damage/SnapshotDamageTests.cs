using ActorBroker.Interop.Tests.Durability.Files;
using ActorBroker.Interop.Tests.Hosting;
using Microsoft.Data.Sqlite;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Durability.Damage;

/// <summary>Snapshots of garbage, and snapshots that are gone.</summary>
[Collection(KilledBroker.Name)]
public sealed class SnapshotDamageTests : StoreTest
{
    private const int Messages = 40;

    [OwnBrokerFact]
    public async Task The_snapshot_before_a_damaged_one_takes_its_place()
    {
        await using var broker = await StartAsync();
        var left = await UseAsync(broker, settle: false);
        await broker.StopAsync();
        Execute(broker, "UPDATE snapshot SET snapshot = x'00FF' WHERE sequence_number = (SELECT max(sequence_number) FROM snapshot)");

        await broker.StartAgainAsync();
        await UseAsync(broker, async channel => Assert.Equal(left, await DrainAsync(channel, "q")));
        Assert.Contains("queue/%2F:q: journal damage: snapshot", broker.Output(), StringComparison.Ordinal);
    }

    [OwnBrokerFact]
    public async Task All_events_take_the_place_of_damaged_snapshots_where_they_are_there()
    {
        await using var broker = await StartAsync("actorbroker.queue.trim-after-events=1000000");
        var left = await UseAsync(broker, settle: false);
        await broker.StopAsync();
        Execute(broker, "UPDATE snapshot SET snapshot = x'00FF'");

        await broker.StartAgainAsync();
        await UseAsync(broker, async channel => Assert.Equal(left, await DrainAsync(channel, "q")));
    }

    [OwnBrokerTheory]
    [InlineData("UPDATE snapshot SET snapshot = x'00FF'")]
    [InlineData("DELETE FROM snapshot")]
    public async Task Without_a_snapshot_and_the_first_events_the_queue_is_refused_and_nothing_is_deleted(string damage)
    {
        await using var broker = await StartAsync();
        await UseAsync(broker, settle: true);
        await broker.StopAsync();
        Execute(broker, damage);
        var events = Execute(broker, "SELECT count(*) FROM journal WHERE deleted = 0 AND persistence_id = 'queue/%2F:q'");
        Assert.NotEqual(0L, events);

        await broker.StartAgainAsync();
        await UseAsync(broker, async channel =>
        {
            await channel.QueueDeclarePassiveAsync("other");
            var refused = await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueDeclarePassiveAsync("q"));
            Assert.Contains("is not served: its journal is damaged", refused.Message, StringComparison.Ordinal);
        });
        await broker.StopAsync();

        Assert.Equal(events, Execute(broker, "SELECT count(*) FROM journal WHERE deleted = 0 AND persistence_id = 'queue/%2F:q'"));
        Assert.Equal(3, (await ServerCommand.RunAsync("verify", "--data", broker.DataFolder)).ExitCode);
        Assert.Equal(0, (await ServerCommand.RunAsync("verify", "--data", broker.DataFolder, "--repair")).ExitCode);
    }

    private static Task<BrokerProcess> StartAsync(string setting = "actorbroker.queue.trim-after-events=2") =>
        BrokerProcess.StartAsync("actorbroker.queue.snapshot-after-events=5", setting);

    // Every message is an event, so that there are snapshots; settled from the front, so that events are trimmed.
    private static async Task<List<string>> UseAsync(BrokerProcess broker, bool settle)
    {
        var bodies = Enumerable.Range(0, Messages).Select(static i => $"message {i:00}").ToList();
        await UseAsync(broker, async channel =>
        {
            await channel.QueueDeclareAsync("other", durable: true, exclusive: false, autoDelete: false);
            await channel.QueueDeclareAsync("q", durable: true, exclusive: false, autoDelete: false);
            foreach (var body in bodies)
            {
                await PublishAsync(channel, "q", body);
                if (settle)
                {
                    await channel.BasicGetAsync("q", autoAck: true);
                }
            }

            await PublishAsync(channel, "q", "last");
        });
        return [.. bodies, "last"];
    }

    private static object? Execute(BrokerProcess broker, string statement)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = new StoredJournal(broker.DataFolder).Path,
            Pooling = false,
        }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Statements of this class.
        command.CommandText = statement;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
