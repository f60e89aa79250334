using System.Collections.Immutable;
using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Persistence.Sqlite;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Persistence;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence;

public sealed class SqliteJournalSpec : SqliteJournalTest
{
    [Fact]
    public async Task What_was_persisted_is_there_after_a_restart()
    {
        await WithSystem(async system =>
        {
            var writer = system.ActorOf(Ledger.Props("a"));
            for (byte value = 1; value <= 100; value++)
            {
                await writer.Ask<Written>(value, Patience);
            }
        });

        await WithSystem(async system =>
        {
            var values = await system.ActorOf(Ledger.Props("a")).Ask<ImmutableList<byte>>("values", Patience);
            Assert.Equal(Enumerable.Range(1, 100).Select(value => (byte)value), values);
        });
    }

    [Fact]
    public async Task A_snapshot_and_a_trimmed_journal_are_there_after_a_restart()
    {
        await WithSystem(async system =>
        {
            var writer = system.ActorOf(Ledger.Props("a"));
            for (byte value = 1; value <= 10; value++)
            {
                await writer.Ask<Written>(value, Patience);
            }

            await writer.Ask<DeleteMessagesSuccess>("snapshot and trim", Patience);
            await writer.Ask<Written>((byte)11, Patience);
        });

        await WithSystem(async system =>
        {
            var values = await system.ActorOf(Ledger.Props("a")).Ask<ImmutableList<byte>>("values", Patience);
            Assert.Equal(Enumerable.Range(1, 11).Select(value => (byte)value), values);
        });
    }

    [Fact]
    public async Task Two_incarnations_of_one_entity_cannot_both_write()
    {
        await WithSystem(async system =>
        {
            var first = system.ActorOf(Ledger.Props("a"));
            var stale = system.ActorOf(Ledger.Props("a"));
            await stale.Ask<ImmutableList<byte>>("values", Patience);
            await first.Ask<Written>((byte)1, Patience);

            var failure = await stale.Ask<NotWritten>((byte)2, Patience);

            Assert.Contains("UNIQUE", failure.Reason, StringComparison.Ordinal);
            Assert.Equal([1], await first.Ask<ImmutableList<byte>>("values", Patience));
        });
    }

    [Fact]
    public async Task A_write_waits_for_whoever_holds_the_file()
    {
        await WithSystem(async system =>
        {
            var writer = system.ActorOf(Ledger.Props("a"));
            await writer.Ask<Written>((byte)1, Patience);
            using var other = new SqliteConnectionSettings(File, Options()).Open();
            SqliteConnectionSettings.Execute(other, "BEGIN IMMEDIATE");

            var late = writer.Ask<Written>((byte)2, Patience);
            Assert.False(late.IsCompleted);
            SqliteConnectionSettings.Execute(other, "ROLLBACK");

            await late;
        });
    }

    [Fact]
    public async Task A_range_is_read_back()
    {
        await WithSystem(async system =>
        {
            var writer = system.ActorOf(Ledger.Props("a"));
            for (byte value = 1; value <= 60; value++)
            {
                await writer.Ask<Written>(value, Patience);
            }

            var range = new List<(long, byte)>();
            await foreach (var (sequenceNr, written) in new JournalReader(system).ReadAsync("a", 11, 50))
            {
                range.Add((sequenceNr, ((byte[])written)[0]));
            }

            Assert.Equal(Enumerable.Range(11, 40).Select(value => ((long)value, (byte)value)), range);
        });
    }

    [Fact]
    public async Task Many_entities_write_at_the_same_time()
    {
        await WithSystem(async system =>
        {
            var writers = Enumerable.Range(0, 50).Select(index => system.ActorOf(Ledger.Props($"entity-{index}"))).ToArray();

            for (byte round = 0; round < 10; round++)
            {
                await Task.WhenAll(writers.Select(writer => writer.Ask<Written>(round, Patience)));
            }

            var values = await Task.WhenAll(writers.Select(writer => writer.Ask<ImmutableList<byte>>("values", Patience)));
            Assert.All(values, written => Assert.Equal(10, written.Count));
        });
    }

    [Fact]
    public async Task A_new_file_has_the_page_size_asked_for_a_log_and_a_way_to_shrink()
    {
        using var folder = Folder();
        await using var journal = SqliteJournal.Prepare(folder, Options(), Fail);
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();

        Assert.Equal("16384", Pragma(connection, "page_size"));
        Assert.Equal("wal", Pragma(connection, "journal_mode"));
        Assert.Equal("2", Pragma(connection, "auto_vacuum"));
    }

    [Fact]
    public async Task Closing_leaves_no_log_behind()
    {
        await WithSystem(system => system.ActorOf(Ledger.Props("a")).Ask<Written>((byte)1, Patience));

        Assert.False(System.IO.File.Exists(File + "-wal"));
    }

    [Fact]
    public void A_file_that_is_no_journal_is_refused()
    {
        using var folder = Folder();
        System.IO.File.WriteAllBytes(File, [.. Enumerable.Repeat((byte)7, 20_000)]);

        var failure = Assert.Throws<StartupException>(() => SqliteJournal.Prepare(folder, Options(), Fail));

        Assert.StartsWith($"journal {File} cannot be opened: ", failure.Message, StringComparison.Ordinal);
    }

    private static string Pragma(SqliteConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA {name}";
        return $"{command.ExecuteScalar()}";
    }
}
