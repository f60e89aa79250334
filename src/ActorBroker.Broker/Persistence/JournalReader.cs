using System.Data;
using System.Data.Common;
using System.Runtime.Serialization;
using ActorBroker.Contracts;
using Akka.Actor;
using LinqToDB.Data;
using Serializers = Akka.Serialization.Serialization;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// Reads ranges from the table that Akka.Persistence.Sql writes, over connections opened as it opens its own, whichever
/// database that is.
/// </summary>
/// <remarks>
/// Its read journal would do, but starts an actor that follows the order of all events of the whole table, for queries
/// that nobody asks here: with a thousand queues that write, it took two fifths of the broker's CPU.
/// </remarks>
public sealed class JournalReader : IEventReader
{
    private const string Range =
        """
        SELECT sequence_number, manifest, identifier, message FROM journal
        WHERE persistence_id = @id AND sequence_number BETWEEN @first AND @last AND NOT deleted
        ORDER BY sequence_number
        """;

    private readonly JournalPlugins _journals;
    private readonly Serializers _serializers;

    /// <summary>Reads what an actor system keeps in <see cref="JournalStores"/>.</summary>
    public JournalReader(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        _journals = JournalPlugins.Of(system) ?? throw new ArgumentException("The actor system keeps its entities elsewhere.", nameof(system));
        _serializers = system.Serialization;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredEvent> ReadAsync(string persistenceId, long firstSequenceNr, long lastSequenceNr)
    {
        var store = _journals.StoreOf(persistenceId);
        var range = await store.ReadAsync(() => ReadRangeAsync(store, persistenceId, firstSequenceNr, lastSequenceNr)).ConfigureAwait(false);
        foreach (var stored in range)
        {
            yield return stored;
        }
    }

    private async Task<List<StoredEvent>> ReadRangeAsync(IJournalStore store, string persistenceId, long firstSequenceNr, long lastSequenceNr)
    {
        var data = new DataConnection(store.Connections);
        await using var dataLease = data.ConfigureAwait(false);
        var command = (await data.OpenDbConnectionAsync(CancellationToken.None).ConfigureAwait(false)).CreateCommand();
        await using var commandLease = command.ConfigureAwait(false);
        command.CommandText = Range;
        Add(command, "@id", persistenceId);
        Add(command, "@first", firstSequenceNr);
        Add(command, "@last", lastSequenceNr);
        var rows = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess).ConfigureAwait(false);
        await using var rowsLease = rows.ConfigureAwait(false);
        List<StoredEvent> found = [];
        while (await rows.ReadAsync().ConfigureAwait(false))
        {
            found.Add(new StoredEvent(rows.GetInt64(0), EventOf(rows)));
        }

        return found;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }

    private object EventOf(DbDataReader row)
    {
        var manifest = row.IsDBNull(1) ? string.Empty : row.GetString(1);
        if (row.IsDBNull(2))
        {
            return new UnreadableEvent(manifest, "Its row does not say how it is to be read.");
        }

        var identifier = row.GetInt32(2);
        try
        {
            return _serializers.Deserialize(row.GetFieldValue<byte[]>(3), identifier, manifest);
        }
        catch (SerializationException failure)
        {
            return new UnreadableEvent(manifest, failure.Message);
        }
    }
}
