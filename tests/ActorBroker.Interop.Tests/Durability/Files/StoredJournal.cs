namespace ActorBroker.Interop.Tests.Durability.Files;

/// <summary>The store of a broker that does not run, to be looked at and damaged.</summary>
internal sealed class StoredJournal(string dataFolder)
{
    private const string File = "journal.db";

    public string LogPath => Path.Combine(dataFolder, $"{File}-wal");

    /// <summary>Copies the data folder as it is.</summary>
    public void CopyTo(string folder)
    {
        foreach (var file in Directory.GetFiles(dataFolder))
        {
            System.IO.File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }
    }

    /// <summary>Makes the data folder what was copied.</summary>
    public void CopyFrom(string folder)
    {
        foreach (var file in Directory.GetFiles(dataFolder))
        {
            System.IO.File.Delete(file);
        }

        new StoredJournal(folder).CopyTo(dataFolder);
    }
}
