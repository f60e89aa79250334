using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>
/// What deletion leaves in the journal: of each entity the last deleted event, whole, which keeps its highest sequence
/// number. Its content is dropped, and the row itself when it is all that there is of a queue: that is deleted, and
/// another of its name may count from one.
/// </summary>
internal sealed class DeletedRows(SqliteConnection connection, CommitGate gate)
{
    // A few milliseconds of work for which writers wait.
    private const int MostAtOnce = 200;

    private const string FindContent =
        "SELECT ordering FROM journal WHERE deleted = 1 AND length(message) > 0";

    private const string FindGone =
        """
        SELECT ordering FROM journal AS gone WHERE deleted = 1 AND persistence_id LIKE 'queue/%'
            AND NOT EXISTS (SELECT 1 FROM snapshot WHERE snapshot.persistence_id = gone.persistence_id)
            AND NOT EXISTS (
                SELECT 1 FROM journal WHERE journal.persistence_id = gone.persistence_id AND journal.ordering <> gone.ordering)
        """;

    /// <summary>Drops some of it.</summary>
    /// <returns>Whether there may be more.</returns>
    /// <exception cref="SqliteException">The disk is full or fails.</exception>
    public bool Round() =>
        Change(FindGone, "DELETE FROM journal WHERE deleted = 1 AND ordering IN")
        || Change(FindContent, "UPDATE journal SET message = x'' WHERE deleted = 1 AND ordering IN");

    // Found beside the writers, changed while they wait. A row that is found stays what it is, unless its queue has been
    // declared again in between: then it counts on from what it read when it began.
    private bool Change(string find, string change)
    {
        var rows = Find(find);
        if (rows.Count > 0)
        {
            using var hold = gate.Close();
            SqliteConnectionSettings.Execute(connection, $"{change} ({string.Join(',', rows)})");
        }

        return rows.Count == MostAtOnce;
    }

    private List<long> Find(string find)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // One of two statements of our own.
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"{find} LIMIT {MostAtOnce}");
#pragma warning restore CA2100
        var rows = new List<long>();
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            rows.Add(row.GetInt64(0));
        }

        return rows;
    }
}
