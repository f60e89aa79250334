using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Options;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence;

public sealed class WalCheckpointerTests : IDisposable
{
    private const long Kibibyte = 1024;

    private readonly string _path = Directory.CreateTempSubdirectory("actorbroker-").FullName;
    private readonly CommitGate _gate = new();
    private readonly SqliteConnection _upkeep;
    private readonly SqliteConnection _writer;
    private readonly WalCheckpointer _checkpointer;

    public WalCheckpointerTests()
    {
        var shipped = BrokerOptions.Read(BrokerConfiguration.Shipped(BrokerConfiguration.Test)).Journal;
        var options = shipped with { CheckpointAfter = 256 * Kibibyte, WalLimit = 1024 * Kibibyte, Sync = JournalSync.Normal };
        var settings = new SqliteConnectionSettings(Path.Combine(_path, "journal.db"), options);
        _upkeep = settings.OpenPrivate();
        SqliteConnectionSettings.Execute(_upkeep, "PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 1; CREATE TABLE t (b BLOB)");
        _writer = settings.OpenPrivate();
        _checkpointer = new WalCheckpointer(_upkeep, options, _gate);
    }

    private long LogSize => new FileInfo(Path.Combine(_path, "journal.db-wal")).Length;

    public void Dispose()
    {
        _writer.Dispose();
        _upkeep.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    [Fact]
    public void A_short_log_is_left_alone()
    {
        Write(64);

        Assert.False(_checkpointer.Round());

        Assert.True(UncopiedFrames() > 0);
    }

    [Fact]
    public void A_log_that_is_worth_it_is_copied_and_written_again_from_its_start()
    {
        Write(512);
        _checkpointer.Round();
        var size = LogSize;
        Write(256);

        Assert.Equal(size, LogSize);
    }

    [Fact]
    public async Task The_log_stays_near_its_limit_beside_a_writer_that_never_pauses()
    {
        const int Rounds = 40;
        using var allowed = new SemaphoreSlim(0);
        var writer = Task.Run(async () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                await allowed.WaitAsync();
                for (var written = 0; written < 640; written += 32)
                {
                    await _gate.PassAsync(CancellationToken.None);
                    Write(32);
                }
            }
        });

        while (!writer.IsCompleted)
        {
            if (allowed.CurrentCount == 0)
            {
                allowed.Release();
            }

            _checkpointer.Round();
        }

        await writer;
        Assert.InRange(LogSize, 1, 4096 * Kibibyte);
    }

    [Fact]
    public void A_reader_of_an_earlier_state_is_waited_for_and_the_log_is_cut_back_when_it_has_gone()
    {
        Write(64);
        using (var reader = OpenReader())
        {
            for (var round = 0; round < 8; round++)
            {
                Write(300);
                Assert.False(_checkpointer.Round());
            }

            Assert.True(_gate.PassAsync(CancellationToken.None).IsCompleted);
            Assert.True(LogSize > 2048 * Kibibyte);
        }

        _checkpointer.Round();
        Write(1);

        Assert.InRange(LogSize, 1, 1024 * Kibibyte);
    }

    [Fact]
    public async Task Nobody_passes_a_closed_gate()
    {
        _gate.Close();
        var waiting = _gate.PassAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);

        _gate.Open();

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(_gate.PassAsync(CancellationToken.None).IsCompleted);
    }

    [Fact]
    public void An_emptied_log_takes_no_space()
    {
        Write(512);

        _checkpointer.Truncate();

        Assert.Equal(0, LogSize);
    }

    private SqliteConnection OpenReader()
    {
        var reader = new SqliteConnection($"Data Source={Path.Combine(_path, "journal.db")};Pooling=False");
        reader.Open();
        SqliteConnectionSettings.Execute(reader, "BEGIN DEFERRED; SELECT count(*) FROM t;");
        return reader;
    }

    private void Write(int kibibytes) =>
        SqliteConnectionSettings.Execute(_writer, $"INSERT INTO t VALUES (zeroblob({kibibytes * Kibibyte}))");

    private long UncopiedFrames()
    {
        using var command = _upkeep.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(NOOP)";
        using var row = command.ExecuteReader();
        Assert.True(row.Read());
        return row.GetInt64(1) - row.GetInt64(2);
    }
}
