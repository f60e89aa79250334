using System.Collections.Immutable;
using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Persistence;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence;

public sealed class SqliteJournalSpec : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _path = Directory.CreateTempSubdirectory("actorbroker-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

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
    public async Task What_a_full_disk_does_not_take_is_rejected_and_may_be_written_again_when_there_is_room()
    {
        var large = new byte[300_000];
        await WithSystem(async system =>
        {
            var writer = system.ActorOf(Ledger.Props("a"));
            await writer.Ask<Written>((byte)1, Patience);
            LimitPages(Pages());

            var rejected = await writer.Ask<NotWritten>(large, Patience);
            Assert.Contains(nameof(JournalUnavailableException), rejected.Reason, StringComparison.Ordinal);
            Assert.Contains("database or disk is full", rejected.Reason, StringComparison.Ordinal);

            LimitPages(1_000_000);
            await writer.Ask<Written>(large, Patience);
        });

        await WithSystem(async system =>
            Assert.Equal([1, 0], await system.ActorOf(Ledger.Props("a")).Ask<ImmutableList<byte>>("values", Patience)));
    }

    [Fact]
    public async Task A_write_waits_for_whoever_holds_the_file()
    {
        await WithSystem(async system =>
        {
            var writer = system.ActorOf(Ledger.Props("a"));
            await writer.Ask<Written>((byte)1, Patience);
            using var other = new SqliteConnectionSettings(Path.Combine(_path, "journal.db"), Options()).OpenPrivate();
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
    public void A_new_file_has_the_page_size_asked_for_a_log_and_a_way_to_shrink()
    {
        using var folder = Folder();
        using var journal = SqliteJournal.Prepare(folder, Options(), Fail);
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_path, "journal.db")};Pooling=False");
        connection.Open();

        Assert.Equal("16384", Pragma(connection, "page_size"));
        Assert.Equal("wal", Pragma(connection, "journal_mode"));
        Assert.Equal("2", Pragma(connection, "auto_vacuum"));
    }

    [Fact]
    public async Task Closing_leaves_no_log_behind()
    {
        await WithSystem(system => system.ActorOf(Ledger.Props("a")).Ask<Written>((byte)1, Patience));

        Assert.False(File.Exists(Path.Combine(_path, "journal.db-wal")));
    }

    [Fact]
    public void A_file_that_is_no_journal_is_refused()
    {
        using var folder = Folder();
        File.WriteAllBytes(Path.Combine(_path, "journal.db"), [.. Enumerable.Repeat((byte)7, 20_000)]);

        var failure = Assert.Throws<StartupException>(() => SqliteJournal.Prepare(folder, Options(), Fail));

        Assert.StartsWith($"journal {Path.Combine(_path, "journal.db")} cannot be opened: ", failure.Message, StringComparison.Ordinal);
    }

    private async Task WithSystem(Func<ActorSystem, Task> use)
    {
        using var folder = Folder();
        using var journal = SqliteJournal.Prepare(folder, Options(), Fail);
        // The ledger's messages have no serializer, its events (byte arrays) do.
        var config = BrokerConfiguration
            .Load(BrokerConfiguration.Test, null, ["akka.actor.provider=local", "akka.actor.serialize-messages=off", "akka.loglevel=OFF"])
            .WithFallback(SqliteJournal.PluginDefaults);
        var system = ActorSystem.Create(
            "journal", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config), journal.Setup, journal.Connections));
        try
        {
            await use(system);
        }
        finally
        {
            await system.Terminate();
        }
    }

    private long Pages()
    {
        using var connection = new SqliteConnectionSettings(Path.Combine(_path, "journal.db"), Options()).OpenPrivate();
        return SqliteConnectionSettings.Number(connection, "page_count");
    }

    // On all connections that the journal has: the pool hands them out before it makes new ones.
    private void LimitPages(long pages)
    {
        var pool = new SqliteConnectionSettings(Path.Combine(_path, "journal.db"), Options()).ConnectionString;
        var connections = Enumerable.Range(0, 16).Select(_ => new SqliteConnection(pool)).ToList();
        foreach (var connection in connections)
        {
            connection.Open();
            SqliteConnectionSettings.Number(connection, $"max_page_count = {pages}");
        }

        connections.ForEach(static connection => connection.Dispose());
    }

    private DataFolder Folder() => DataFolder.Open(new DataOptions(_path));

    private static JournalOptions Options() => BrokerOptions.Read(BrokerConfiguration.Shipped(BrokerConfiguration.Test)).Journal;

    private static void Fail(SqliteException failure) => Assert.Fail(failure.Message);

    private static string Pragma(SqliteConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA {name}";
        return $"{command.ExecuteScalar()}";
    }

    private sealed record Written;

    private sealed record NotWritten(string Reason);

    /// <summary>Keeps every byte that it is told, one event each.</summary>
    private sealed class Ledger : ReceivePersistentActor
    {
        private ImmutableList<byte> _values = [];
        private IActorRef _asker = ActorRefs.Nobody;

        public Ledger(string id)
        {
            PersistenceId = id;
            Recover<byte[]>(written => _values = _values.Add(written[0]));
            Recover<SnapshotOffer>(offer => _values = [.. (byte[])offer.Snapshot]);
            Command<byte>(value =>
            {
                _asker = Sender;
                Persist(new[] { value }, written =>
                {
                    _values = _values.Add(written[0]);
                    _asker.Tell(new Written());
                });
            });
            Command<byte[]>(values =>
            {
                _asker = Sender;
                Persist(values, written =>
                {
                    _values = _values.Add(written[0]);
                    _asker.Tell(new Written());
                });
            });
            Command<string>(text => text == "values", _ => Sender.Tell(_values));
            Command<string>(text => text == "snapshot and trim", _ =>
            {
                _asker = Sender;
                SaveSnapshot(_values.ToArray());
            });
            Command<SaveSnapshotSuccess>(saved => DeleteMessages(saved.Metadata.SequenceNr));
            Command<DeleteMessagesSuccess>(deleted => _asker.Tell(deleted));
        }

        public override string PersistenceId { get; }

        public static Props Props(string id) => Akka.Actor.Props.Create(() => new Ledger(id));

        protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
            _asker.Tell(new NotWritten(cause.ToString()));

        protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
        {
            _asker.Tell(new NotWritten(cause.ToString()));
            base.OnPersistFailure(cause, @event, sequenceNr);
        }
    }
}
