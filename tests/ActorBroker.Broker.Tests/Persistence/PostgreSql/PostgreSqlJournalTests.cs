using System.Collections.Immutable;
using ActorBroker.Broker.Persistence;
using ActorBroker.Testing.PostgreSql;
using Akka.Actor;
using Akka.Persistence;
using Npgsql;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence.PostgreSql;

/// <summary>What entities are promised of a journal, in a database that several nodes write to.</summary>
public sealed class PostgreSqlJournalTests(PostgreSqlFixture postgres) : IClassFixture<PostgreSqlFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_was_persisted_snapshots_and_what_was_trimmed_are_as_they_were_after_a_restart()
    {
        var database = await postgres.NewDatabaseAsync();
        await PostgreSqlSystem.UseAsync(database, async system =>
        {
            var (plain, trimmed) = (system.ActorOf(Ledger.Props("plain")), system.ActorOf(Ledger.Props("trimmed")));
            for (byte value = 1; value <= 100; value++)
            {
                await plain.Ask<Written>(value, Patience);
                await trimmed.Ask<Written>(value, Patience);
            }

            await trimmed.Ask<DeleteMessagesSuccess>("snapshot and trim", Patience);
            Assert.Equal(
                "100|t|0", await postgres.Server.ExecuteAsync("SELECT sequence_number, deleted, length(message) FROM journal WHERE persistence_id = 'trimmed'", NameOf(database)));
            await trimmed.Ask<Written>((byte)101, Patience);
            await plain.Ask<Written>(new byte[] { 101, 0, 0 }, Patience);
        });

        await PostgreSqlSystem.UseAsync(database, async system =>
        {
            var expected = Enumerable.Range(1, 101).Select(value => (byte)value);
            Assert.Equal(expected, await system.ActorOf(Ledger.Props("plain")).Ask<ImmutableList<byte>>("values", Patience));
            Assert.Equal(expected, await system.ActorOf(Ledger.Props("trimmed")).Ask<ImmutableList<byte>>("values", Patience));
            var range = new List<(long, byte)>();
            await foreach (var (sequenceNr, written) in new JournalReader(system).ReadAsync("plain", 11, 50))
            {
                range.Add((sequenceNr, ((byte[])written)[0]));
            }

            Assert.Equal(Enumerable.Range(11, 40).Select(value => ((long)value, (byte)value)), range);
        });
    }

    [Fact]
    public async Task An_entity_of_which_everything_is_trimmed_counts_on()
    {
        var database = await postgres.NewDatabaseAsync();
        await PostgreSqlSystem.UseAsync(database, async system =>
        {
            var writer = system.ActorOf(Ledger.Props("a"));
            await writer.Ask<Written>((byte)1, Patience);
            await writer.Ask<DeleteMessagesSuccess>("snapshot and trim", Patience);
            await postgres.Server.ExecuteAsync("DELETE FROM snapshot", NameOf(database));
        });

        await PostgreSqlSystem.UseAsync(database, system => system.ActorOf(Ledger.Props("a")).Ask<Written>((byte)2, Patience));

        Assert.Equal("1|t\n2|f", await postgres.Server.ExecuteAsync("SELECT sequence_number, deleted FROM journal ORDER BY 1", NameOf(database)));
    }

    [Fact]
    public async Task Large_events_and_many_entities_that_write_at_once_are_kept_as_they_are()
    {
        var database = await postgres.NewDatabaseAsync();
        var large = new byte[3_000_000];
        await PostgreSqlSystem.UseAsync(database, async system =>
        {
            var writers = Enumerable.Range(0, 50).Select(index => system.ActorOf(Ledger.Props($"entity-{index}"))).ToArray();
            for (byte round = 0; round < 10; round++)
            {
                await Task.WhenAll(writers.Select(writer => writer.Ask<Written>(round, Patience)));
            }

            await Task.WhenAll(writers[..5].Select(writer => writer.Ask<Written>(large, Patience)));
        });

        await PostgreSqlSystem.UseAsync(database, async system =>
        {
            for (var index = 0; index < 50; index++)
            {
                var values = await system.ActorOf(Ledger.Props($"entity-{index}")).Ask<ImmutableList<byte>>("values", Patience);
                Assert.Equal(index < 5 ? 11 : 10, values.Count);
            }
        });
        Assert.Equal("3000000", await postgres.Server.ExecuteAsync("SELECT max(length(message)) FROM journal", NameOf(database)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public async Task Only_stale_incarnations_fail_of_all_that_are_committed_together(int staleCount)
    {
        var database = await postgres.NewDatabaseAsync();
        await PostgreSqlSystem.UseAsync(database, first => PostgreSqlSystem.UseAsync(database, async second =>
        {
            var stale = Enumerable.Range(0, staleCount).Select(index => first.ActorOf(Ledger.Props($"fenced-{index}"))).ToList();
            await Task.WhenAll(stale.Select(entity => entity.Ask<ImmutableList<byte>>("values", Patience)));
            for (var index = 0; index < staleCount; index++)
            {
                await second.ActorOf(Ledger.Props($"fenced-{index}")).Ask<Written>((byte)1, Patience);
            }

            var others = Enumerable.Range(0, 30).Select(index => first.ActorOf(Ledger.Props($"other-{index}"))).ToList();
            await Task.WhenAll(others.Select(entity => entity.Ask<ImmutableList<byte>>("values", Patience)));
            List<Task<object>> written;
            List<Task<NotWritten>> fenced;

            // While the first of them wait for the table, the rest becomes one commit.
            await using (await HoldJournalAsync(database))
            {
                written = others[..15].ConvertAll(entity => entity.Ask<object>((byte)2, Patience));
                fenced = stale.ConvertAll(entity => entity.Ask<NotWritten>((byte)3, Patience));
                written.AddRange(others[15..].ConvertAll(entity => entity.Ask<object>((byte)2, Patience)));
            }

            Assert.All(await Task.WhenAll(fenced), static failure => Assert.Contains("23505", failure.Reason, StringComparison.Ordinal));
            Assert.All(await Task.WhenAll(written), static answer => Assert.IsType<Written>(answer));
            Assert.All(await Task.WhenAll(others.Select(entity => entity.Ask<Written>((byte)4, Patience))), Assert.NotNull);
        }));

        Assert.Equal($"{staleCount + 60}", await postgres.Server.ExecuteAsync("SELECT count(*) FROM journal", NameOf(database)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public async Task A_number_that_another_incarnation_has_used_is_not_free_again_when_its_event_is_trimmed(int staleCount)
    {
        var database = await postgres.NewDatabaseAsync();
        await PostgreSqlSystem.UseAsync(database, first => PostgreSqlSystem.UseAsync(database, async second =>
        {
            var stale = Enumerable.Range(0, staleCount).Select(index => first.ActorOf(Ledger.Props($"fenced-{index}"))).ToList();
            await Task.WhenAll(stale.Select(entity => entity.Ask<ImmutableList<byte>>("values", Patience)));
            for (var index = 0; index < staleCount; index++)
            {
                var successor = second.ActorOf(Ledger.Props($"fenced-{index}"));
                await successor.Ask<Written>((byte)1, Patience);
                await successor.Ask<Written>((byte)2, Patience);
                await successor.Ask<DeleteMessagesSuccess>("snapshot and trim", Patience);
            }

            List<Task<object>> answers;
            await using (await HoldJournalAsync(database))
            {
                answers = stale.ConvertAll(entity => entity.Ask<object>((byte)3, Patience));
            }

            Assert.All(await Task.WhenAll(answers), static answer => Assert.IsType<NotWritten>(answer));
        }));

        Assert.Equal($"2|{staleCount}", await postgres.Server.ExecuteAsync("SELECT sequence_number, count(*) FROM journal GROUP BY 1", NameOf(database)));
    }

    [Fact]
    public async Task Of_two_incarnations_that_write_the_same_number_in_one_commit_one_has_it()
    {
        var database = await postgres.NewDatabaseAsync();
        await PostgreSqlSystem.UseAsync(database, async system =>
        {
            IActorRef[] same = [system.ActorOf(Ledger.Props("same")), system.ActorOf(Ledger.Props("same"))];
            var others = Enumerable.Range(0, 5).Select(index => system.ActorOf(Ledger.Props($"other-{index}"))).ToList();
            await Task.WhenAll(same.Concat(others).Select(entity => entity.Ask<ImmutableList<byte>>("values", Patience)));
            List<Task<object>> answers;
            List<Task<Written>> beside;
            await using (await HoldJournalAsync(database))
            {
                beside = others.ConvertAll(entity => entity.Ask<Written>((byte)1, Patience));
                answers = [.. same.Select(entity => entity.Ask<object>((byte)2, Patience))];
            }

            await Task.WhenAll(beside);
            Assert.Single(await Task.WhenAll(answers), static answer => answer is Written);
            Assert.Single(await Task.WhenAll(answers), static answer => answer is NotWritten);
        });
    }

    [Fact]
    public async Task What_a_full_disk_does_not_take_is_rejected_and_may_be_written_again_when_there_is_room()
    {
        var database = await postgres.NewDatabaseAsync();
        await PostgreSqlSystem.UseAsync(database, async system =>
        {
            var writer = system.ActorOf(Ledger.Props("a"));
            await writer.Ask<Written>((byte)1, Patience);
            await postgres.Server.ExecuteAsync(
                """
                CREATE FUNCTION full_disk() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
                    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
                CREATE TRIGGER full_disk BEFORE INSERT ON journal EXECUTE FUNCTION full_disk();
                """,
                NameOf(database));

            var rejected = await writer.Ask<NotWritten>((byte)2, Patience);
            Assert.Contains(nameof(JournalUnavailableException), rejected.Reason, StringComparison.Ordinal);
            Assert.Contains("No space left on device", rejected.Reason, StringComparison.Ordinal);

            await postgres.Server.ExecuteAsync("DROP TRIGGER full_disk ON journal", NameOf(database));
            await writer.Ask<Written>((byte)3, Patience);
            Assert.Equal([1, 3], await system.ActorOf(Ledger.Props("a")).Ask<ImmutableList<byte>>("values", Patience));
        });
    }

    internal static string NameOf(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database!;

    // Whoever writes waits until it is disposed of, and so long only.
    private static async Task<NpgsqlConnection> HoldJournalAsync(string database)
    {
        var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE journal IN EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
