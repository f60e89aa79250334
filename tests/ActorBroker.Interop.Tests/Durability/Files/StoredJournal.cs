namespace ActorBroker.Interop.Tests.Durability.Files;

/// <summary>The store of a broker that does not run, to be looked at and damaged.</summary>
internal sealed class StoredJournal(string dataFolder)
{
    private const string File = "journal.db";

    public string Path { get; } = System.IO.Path.Combine(dataFolder, File);

    public string LogPath => System.IO.Path.Combine(dataFolder, $"{File}-wal");

    /// <summary>Copies the data folder as it is.</summary>
    public void CopyTo(string folder)
    {
        foreach (var file in Directory.GetFiles(dataFolder))
        {
            System.IO.File.Copy(file, System.IO.Path.Combine(folder, System.IO.Path.GetFileName(file)), overwrite: true);
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

    /// <summary>Flips a bit of the first byte of a text that the file holds once.</summary>
    public void FlipBitOf(string text)
    {
        var bytes = System.IO.File.ReadAllBytes(Path);
        var place = bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text));
        Xunit.Assert.True(place >= 0, $"the journal does not hold '{text}'");
        bytes[place] ^= 0x10;
        System.IO.File.WriteAllBytes(Path, bytes);
    }
}
