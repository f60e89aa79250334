using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence;

public sealed class SqliteWriterTests : SqliteJournalTest
{
    private readonly CommitGate _gate = new();
    private readonly SqliteConnectionSettings _settings;
    private long _pagesMax = 1_000_000;

    public SqliteWriterTests()
    {
        _settings = new SqliteConnectionSettings(File, Options());
        using var connection = _settings.Open();
        SqliteJournal.CreateTables(connection, Options());
    }

    [Fact]
    public async Task What_a_full_disk_does_not_take_is_rejected_and_may_be_written_again_when_there_is_room()
    {
        _pagesMax = Pages() + 2;
        using var writer = new SqliteWriter(Open, _gate);
        await EndAsync(writer.WriteAsync([Event("a", 1)]));

        var rejected = await Assert.ThrowsAsync<JournalUnavailableException>(() => EndAsync(writer.WriteAsync([Event("a", 2, 300_000)])));
        Assert.Contains("database or disk is full", rejected.Message, StringComparison.Ordinal);

        _pagesMax = 1_000_000;
        await EndAsync(writer.WriteAsync([Event("a", 3, 300_000)]));
        Assert.Equal([1, 3], Written("a"));
    }

    [Fact]
    public async Task Several_events_that_a_full_disk_does_not_take_are_rejected_too()
    {
        _pagesMax = Pages() + 2;
        using var writer = new SqliteWriter(Open, _gate);

        await Assert.ThrowsAsync<JournalUnavailableException>(() => EndAsync(writer.WriteAsync([Event("a", 1), Event("a", 2, 300_000)])));

        Assert.Empty(Written("a"));
    }

    [Fact]
    public async Task A_number_in_use_stays_a_failure_where_the_disk_is_full()
    {
        using (var filler = new SqliteWriter(Open, _gate))
        {
            await EndAsync(filler.WriteAsync([Event("stale", 1)]));
        }

        _pagesMax = Pages() + 2;
        using var writer = new SqliteWriter(Open, _gate);
        Task stale, large;
        using (_gate.Close())
        {
            _ = writer.WriteAsync([Event("first", 1)]);
            stale = writer.WriteAsync([Event("stale", 1)]);
            large = writer.WriteAsync([Event("a", 1, 300_000)]);
        }

        await Assert.ThrowsAsync<SqliteException>(() => EndAsync(stale));
        await Assert.ThrowsAsync<JournalUnavailableException>(() => EndAsync(large));
    }

    [Fact]
    public async Task All_that_a_full_disk_does_not_take_is_rejected_together()
    {
        _pagesMax = Pages() + 2;
        using var writer = new SqliteWriter(Open, _gate);
        Task[] writes;
        using (_gate.Close())
        {
            writes = [.. Enumerable.Range(1, 20).Select(i => writer.WriteAsync([Event($"{i}", 1, 30_000)]))];
        }

        foreach (var write in writes[1..])
        {
            await Assert.ThrowsAsync<JournalUnavailableException>(() => EndAsync(write));
        }

        Assert.All(Enumerable.Range(2, 19), i => Assert.Empty(Written($"{i}")));
    }

    [Fact]
    public async Task Of_writes_that_are_committed_together_only_that_with_a_number_in_use_fails()
    {
        using var writer = new SqliteWriter(Open, _gate);
        await EndAsync(writer.WriteAsync([Event("stale", 3)]));
        Task before, stale, after;
        using (_gate.Close())
        {
            _ = writer.WriteAsync([Event("first", 1)]);
            before = writer.WriteAsync([Event("a", 1), Event("a", 2)]);
            stale = writer.WriteAsync([Event("stale", 2), Event("stale", 3), Event("stale", 4)]);
            after = writer.WriteAsync([Event("b", 1)]);
        }

        await EndAsync(before);
        await EndAsync(after);
        var failure = await Assert.ThrowsAsync<SqliteException>(() => EndAsync(stale));

        Assert.Contains("UNIQUE", failure.Message, StringComparison.Ordinal);
        Assert.Equal([3], Written("stale"));
        Assert.Equal([1, 2], Written("a"));
        Assert.Equal([1], Written("b"));
    }

    [Fact]
    public async Task What_waits_when_the_writer_is_disposed_of_is_written()
    {
        var writer = new SqliteWriter(Open, _gate);
        Task[] writes = [.. Enumerable.Range(1, 2_000).Select(number => writer.WriteAsync([Event("a", number)]))];

        writer.Dispose();

        await EndAsync(Task.WhenAll(writes));
        Assert.Equal(Enumerable.Range(1, 2_000).Select(static number => (long)number), Written("a"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writer.WriteAsync([Event("a", 2_001)]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_234)]
    [InlineData(3_000)]
    public async Task Of_deleted_events_the_last_one_stays_without_its_content(long to)
    {
        using var writer = new SqliteWriter(Open, _gate);
        await EndAsync(Task.WhenAll(Enumerable.Range(1, 3_000).Select(number => writer.WriteAsync([Event("a", number)]))));
        await EndAsync(writer.WriteAsync([Event("b", 1)]));

        await EndAsync(writer.MakeAsync(SqliteChanges.EventsDeleted("a", to)));

        Assert.Equal(Enumerable.Range((int)to + 1, 3_000 - (int)to).Select(static number => (long)number), Written("a"));
        Assert.Equal([1], Written("b"));
        using var connection = _settings.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat(sequence_number || ':' || length(message)) FROM journal WHERE deleted = 1";
        Assert.Equal($"{to}:0", command.ExecuteScalar());
    }

    [Fact]
    public async Task Between_the_steps_of_a_change_is_written_what_has_come()
    {
        using var writer = new SqliteWriter(Open, _gate);
        Task? write = null;
        var steps = 0;

        await EndAsync(writer.MakeAsync(new SqliteChange(_ =>
        {
            write ??= writer.WriteAsync([Event("a", 1)]);
            return ++steps == 100 || write.IsCompleted;
        })));

        Assert.Equal(2, steps);
        Assert.Equal([1], Written("a"));
    }

    [Fact]
    public async Task A_change_that_fails_harms_no_other()
    {
        using var writer = new SqliteWriter(Open, _gate);
        await EndAsync(writer.WriteAsync([Event("a", 1)]));
        await EndAsync(writer.WriteAsync([Event("a", 2)]));
        Task deletion, failing;
        using (_gate.Close())
        {
            _ = writer.WriteAsync([Event("first", 1)]);
            failing = writer.MakeAsync(new SqliteChange(static connection =>
            {
                SqliteConnectionSettings.Execute(connection, "DELETE FROM journal");
                throw new SqliteException("no", 1);
            }));
            deletion = writer.MakeAsync(SqliteChanges.EventsDeleted("a", 1));
        }

        await Assert.ThrowsAsync<SqliteException>(() => EndAsync(failing));
        await EndAsync(deletion);

        Assert.Equal([2], Written("a"));
        Assert.Equal([1], Written("first"));
    }

    // Whoever awaits a write goes on in the writer's thread, which a test must leave before it disposes of the writer.
    private static async Task EndAsync(Task write)
    {
        try
        {
            await write.WaitAsync(Patience);
        }
        finally
        {
            await Task.Yield();
        }
    }

    private static EventRow Event(string persistenceId, long number, int bytes = 10) => new(persistenceId, number, new byte[bytes], "m", 1, "w");

    private SqliteConnection Open()
    {
        var connection = _settings.Open();
        SqliteConnectionSettings.Number(connection, $"max_page_count = {_pagesMax}");
        return connection;
    }

    private long Pages()
    {
        using var connection = _settings.Open();
        return SqliteConnectionSettings.Number(connection, "page_count");
    }

    private IEnumerable<long> Written(string persistenceId)
    {
        using var reader = new SqliteReader(_settings.Open());
        return reader.Events(persistenceId, 0, long.MaxValue, long.MaxValue).Select(static row => row.SequenceNr);
    }
}
