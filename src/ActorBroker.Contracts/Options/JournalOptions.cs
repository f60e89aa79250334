using System.Numerics;

namespace ActorBroker.Contracts.Options;

/// <summary>What a commit waits for.</summary>
public enum JournalSync
{
    /// <summary>The disk has the data: nothing committed is lost, whatever happens.</summary>
    Full,

    /// <summary>The operating system has the data: a power cut may lose the last moments.</summary>
    Normal,
}

/// <summary>Which database keeps a journal.</summary>
public enum JournalProvider
{
    /// <summary>SQLite, in a file of the data folder: for one node.</summary>
    Sqlite,

    /// <summary>PostgreSQL, which several nodes share.</summary>
    PostgreSql,
}

/// <summary>A journal with its snapshots.</summary>
/// <param name="Provider">In which database; what follows is about one or the other.</param>
/// <param name="ConnectionString">PostgreSQL: for Npgsql. May hold a password.</param>
/// <param name="Connections">PostgreSQL: connections of a node at most.</param>
/// <param name="Writers">PostgreSQL: commits under way at once.</param>
/// <param name="Sync">What a commit waits for.</param>
/// <param name="File">Name of the file in the data folder.</param>
/// <param name="PageSize">Page size of a new file, bytes, a power of two.</param>
/// <param name="CacheSize">Page cache of one connection, bytes.</param>
/// <param name="CheckpointAfter">Bytes of write-ahead log that make a checkpoint worth while.</param>
/// <param name="CheckpointInterval">How often the size of the log is looked at.</param>
/// <param name="WalLimit">Bytes of write-ahead log near which writers wait until it starts anew.</param>
/// <param name="ShrinkAfter">How long pages must have been free before they are given back to the disk.</param>
/// <param name="KeepFree">Bytes of free pages that are kept all the same.</param>
public sealed record JournalOptions(
    JournalProvider Provider,
    string ConnectionString,
    int Connections,
    int Writers,
    JournalSync Sync,
    string File,
    int PageSize,
    long CacheSize,
    long CheckpointAfter,
    TimeSpan CheckpointInterval,
    long WalLimit,
    TimeSpan ShrinkAfter,
    long KeepFree)
{
    private const int SmallestPage = 4096;
    private const int LargestPage = 65536;
    private const long Gibibyte = 1L << 30;

    public static JournalOptions Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var checkpointAfter = settings.Bytes("actorbroker.journal.checkpoint-after", LargestPage, 16 * Gibibyte);
        return new JournalOptions(
            settings.OneOf("actorbroker.journal.provider", ("sqlite", JournalProvider.Sqlite), ("postgresql", JournalProvider.PostgreSql)),
            settings.Text("actorbroker.journal.connection-string"),
            settings.WholeNumber("actorbroker.journal.connections", 4, 1000),
            settings.WholeNumber("actorbroker.journal.writers", 1, 100),
            settings.OneOf("actorbroker.journal.sync", ("full", JournalSync.Full), ("normal", JournalSync.Normal)),
            FileName(settings, "actorbroker.journal.file"),
            Page(settings, "actorbroker.journal.page-size"),
            settings.Bytes("actorbroker.journal.cache-size", LargestPage, Gibibyte),
            checkpointAfter,
            settings.Duration("actorbroker.journal.checkpoint-interval", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
            settings.Bytes("actorbroker.journal.wal-limit", checkpointAfter, 64 * Gibibyte),
            settings.Duration("actorbroker.journal.shrink-after", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)),
            settings.Bytes("actorbroker.journal.keep-free", 0, 1024 * Gibibyte));
    }

    // Records print their members; a password must not reach a log that way.
    public override string ToString() => $"{nameof(JournalOptions)} {{ {Provider} }}";

    private static int Page(SettingReader settings, string key)
    {
        var size = settings.ArrayBytes(key, SmallestPage, LargestPage);
        return BitOperations.IsPow2(size)
            ? size
            : throw SettingReader.Expected(key, $"{size}", "a power of two");
    }

    private static string FileName(SettingReader settings, string key)
    {
        var name = settings.Text(key);
        return Path.GetFileName(name) == name && name is not ("." or "..")
            ? name
            : throw SettingReader.Expected(key, name, "a file name without a folder");
    }
}
