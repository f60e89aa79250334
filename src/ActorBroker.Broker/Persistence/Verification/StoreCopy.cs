using ActorBroker.Contracts.Options;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Verification;

/// <summary>
/// Copies of a whole store, consistent although a broker may be writing to it: what was committed before the copy began
/// is in it.
/// </summary>
public static class StoreCopy
{
    /// <summary>Copies a journal into a folder, which is a data folder afterwards.</summary>
    /// <param name="file">Path of the journal; a broker may have it open.</param>
    /// <param name="folder">Absent or empty.</param>
    /// <returns>Path of the copy.</returns>
    /// <exception cref="StartupException">There is no journal, the folder is not empty, or one of them cannot be used.</exception>
    public static string Make(string file, string folder)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(folder);
        if (!File.Exists(file))
        {
            throw new StartupException($"journal {file} does not exist");
        }

        try
        {
            Directory.CreateDirectory(folder);
            if (Directory.EnumerateFileSystemEntries(folder).Any())
            {
                throw new StartupException($"folder {folder} is not empty");
            }

            var copy = Path.Combine(folder, Path.GetFileName(file));
            var unfinished = UnfinishedOf(file, folder);
            Copy(file, unfinished);
            File.Move(unfinished, copy);
            DataFolder.WriteFormat(folder);
            return copy;
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"journal {file} cannot be copied to {folder}: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }
    }

    /// <summary>Path of a copy that is being made.</summary>
    public static string UnfinishedOf(string file, string folder) => Path.Combine(folder, Path.GetFileName(file) + ".unfinished");

    private static void Copy(string file, string copy)
    {
        using (var source = StoreFile.Open(file))
        using (var target = StoreFile.Create(copy))
        {
            source.BackupDatabase(target);
        }

        using var written = new FileStream(copy, FileMode.Open, FileAccess.ReadWrite);
        written.Flush(flushToDisk: true);
    }
}
