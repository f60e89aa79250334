using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence;

public sealed class WalCheckpointerTests : JournalFileSpec
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly WalCheckpointer _checkpointer;

    public WalCheckpointerTests() => _checkpointer = new WalCheckpointer(Upkeep, Options, Gate);

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
        const int Rounds = 80;
        using var allowed = new SemaphoreSlim(0);
        var writer = Task.Run(async () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                await allowed.WaitAsync();
                for (var written = 0; written < 640; written += 32)
                {
                    Gate.Pass();
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

        // Of some 50 MiB that were written. The limit is passed by what is written while a copy is under way, which on a
        // busy machine can be much.
        Assert.InRange(LogSize, 1, 16 * 1024 * Kibibyte);
    }

    [Fact]
    public void A_reader_of_an_earlier_state_is_waited_for_and_the_log_is_cut_back_when_it_has_gone()
    {
        SqliteConnectionSettings.Execute(Upkeep, "PRAGMA busy_timeout = 1");
        Write(64);
        using (var reader = OpenReader())
        {
            for (var round = 0; round < 8; round++)
            {
                Write(300);
                Assert.False(_checkpointer.Round());
            }

            Assert.True(Ends(Task.Run(Gate.Pass), Patience));
            Assert.True(LogSize > 2048 * Kibibyte);
        }

        _checkpointer.Round();
        Write(1);

        Assert.InRange(LogSize, 1, 1024 * Kibibyte);
    }

    [Fact]
    public void Nobody_passes_a_closed_gate()
    {
        Task waiting;
        using (Gate.Close())
        {
            waiting = Task.Run(Gate.Pass);
            Assert.False(Ends(waiting, TimeSpan.FromMilliseconds(50)));
        }

        Assert.True(Ends(waiting, Patience));
    }

    [Fact]
    public void An_emptied_log_takes_no_space()
    {
        Write(512);

        _checkpointer.Truncate();

        Assert.Equal(0, LogSize);
    }

    [Fact]
    public void A_log_that_hardly_changes_is_emptied()
    {
        Write(128);
        _checkpointer.TidyUp();
        Write(8000);
        _checkpointer.TidyUp();
        Assert.NotEqual(0, LogSize);
        Write(1);

        _checkpointer.TidyUp();

        Assert.Equal(0, LogSize);
    }

    private SqliteConnection OpenReader()
    {
        var reader = Open();
        SqliteConnectionSettings.Execute(reader, "BEGIN DEFERRED; SELECT count(*) FROM journal;");
        return reader;
    }

    private long UncopiedFrames()
    {
        using var command = Upkeep.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(NOOP)";
        using var row = command.ExecuteReader();
        Assert.True(row.Read());
        return row.GetInt64(1) - row.GetInt64(2);
    }

    private static bool Ends(Task task, TimeSpan limit) => task.Wait(limit);
}
