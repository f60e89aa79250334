using System.Text;
using ActorBroker.Interop.Tests.Hosting;
using Microsoft.Data.Sqlite;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Durability.Damage;

/// <summary>Stores made of the golden files, as earlier versions wrote them, and of what a later one might write.</summary>
[Collection(KilledBroker.Name)]
public sealed class GoldenStoreTests : StoreTest
{
    private const string Queue = "queue/%2F:orders";
    private const string Catalogue = "catalogue/%2F";

    [OwnBrokerFact]
    public async Task A_store_of_the_first_version_is_served()
    {
        await using var broker = await BrokerProcess.StartAsync();
        await broker.StopAsync();
        Insert(broker, Catalogue, 1, "ce-names1");
        Insert(broker, Queue, 1, "qe-declared1");
        Insert(broker, Queue, 2, "qe-written1");

        await broker.StartAgainAsync();
        await UseAsync(broker, async channel =>
        {
            Assert.Equal("first", Encoding.UTF8.GetString((await channel.BasicGetAsync("orders", autoAck: true))!.Body.Span));
            await PublishAsync(channel, "orders", "new");
            Assert.Equal("new", (await DrainAsync(channel, "orders"))[^1]);
        });
        await broker.StopAsync();
        Assert.Equal(0, (await ServerCommand.RunAsync("verify", "--data", broker.DataFolder)).ExitCode);
    }

    [OwnBrokerFact]
    public async Task An_event_of_a_newer_version_is_refused_and_the_rest_is_served()
    {
        await using var broker = await BrokerProcess.StartAsync();
        await UseAsync(broker, channel => channel.QueueDeclareAsync("other", durable: true, exclusive: false, autoDelete: false));
        await broker.StopAsync();
        Insert(broker, Catalogue, 2, "ce-names1");
        Insert(broker, Queue, 1, "qe-declared1", "qe-declared9");

        await broker.StartAgainAsync();
        await UseAsync(broker, async channel =>
        {
            await channel.QueueDeclarePassiveAsync("other");
            var refused = await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueDeclarePassiveAsync("orders"));
            Assert.Contains("'qe-declared9': it is from a newer version", refused.Message, StringComparison.Ordinal);
        });
    }

    private static void Insert(BrokerProcess broker, string persistenceId, long sequenceNr, string golden, string? manifest = null)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(broker.DataFolder, "journal.db"),
            Pooling = false,
        }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
            VALUES (1, 0, @id, @number, @message, @manifest, 7102, 'golden')
            """;
        command.Parameters.AddWithValue("@id", persistenceId);
        command.Parameters.AddWithValue("@number", sequenceNr);
        command.Parameters.AddWithValue("@message", BytesOf(golden));
        command.Parameters.AddWithValue("@manifest", manifest ?? golden);
        command.ExecuteNonQuery();
    }

    private static byte[] BytesOf(string golden) =>
        Convert.FromHexString(string.Concat(
            File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Golden", $"{golden}.hex")).Select(static line => line.Split('#')[0].Trim())));
}
