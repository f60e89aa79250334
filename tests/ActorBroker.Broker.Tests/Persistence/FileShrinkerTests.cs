using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Persistence.Sqlite;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence;

public sealed class FileShrinkerTests : JournalFileSpec
{
    private const long Pages = 16 * Kibibyte;

    private readonly FileShrinker _shrinker;

    public FileShrinkerTests() => _shrinker = new FileShrinker(Upkeep, Options, Gate, TimeSpan.Zero);

    private long Free => Number("PRAGMA freelist_count");

    [Fact]
    public void Pages_that_were_free_for_a_while_are_given_back_but_for_what_is_kept()
    {
        FillAndFree();
        FreeAll("queue/last");

        Run(from: 0, to: 60);

        Assert.Equal(Options.KeepFree / Pages, Free);
        new WalCheckpointer(Upkeep, Options, Gate).Truncate();
        Assert.InRange(FileSize, 1, 600 * Kibibyte);
    }

    [Fact]
    public void What_is_in_use_at_the_end_of_the_file_moves_to_its_front()
    {
        FillAndFree();

        Run(from: 0, to: 60);

        Assert.Equal(Options.KeepFree / Pages, Free);
        Assert.Equal(256 * Kibibyte, Number("SELECT length(message) FROM journal WHERE persistence_id = 'queue/last'"));
    }

    [Fact]
    public void Nothing_is_given_back_at_once()
    {
        FillAndFree();
        var free = Free;

        Run(from: 0, to: 10);

        Assert.Equal(free, Free);
    }

    [Fact]
    public void What_traffic_frees_and_takes_again_stays()
    {
        var pages = 0L;
        for (var second = 0; second < 60; second += 4)
        {
            Write(8000);
            _shrinker.Round(TimeSpan.FromSeconds(second));
            pages = Math.Max(pages, Number("PRAGMA page_count"));
            FreeAll("queue/a");
            _shrinker.Round(TimeSpan.FromSeconds(second + 2));
        }

        Assert.Equal(pages, Number("PRAGMA page_count"));
    }

    private void FillAndFree()
    {
        for (var row = 0; row < 40; row++)
        {
            Write(200);
        }

        Write(256, "queue/last");
        FreeAll("queue/a");
    }

    private void FreeAll(string entity) =>
        SqliteConnectionSettings.Execute(Writer, $"DELETE FROM journal WHERE persistence_id = '{entity}'");

    private void Run(int from, int to)
    {
        for (var second = from; second < to; second++)
        {
            _shrinker.Round(TimeSpan.FromSeconds(second));
        }
    }
}
