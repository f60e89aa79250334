namespace ActorBroker.Testing.Persistence;

/// <summary>The pages of a SQLite file that nobody has open.</summary>
public static class Pages
{
    private const int PageSizeOffset = 16;

    /// <summary>Fills the middle one of the pages that hold these octets with zeros: a link in a chain of them, where there are several.</summary>
    public static void Erase(string file, byte[] holding)
    {
        var bytes = File.ReadAllBytes(file);
        var size = (bytes[PageSizeOffset] << 8) | bytes[PageSizeOffset + 1];
        var pages = Enumerable.Range(1, (bytes.Length / size) - 1)
            .Where(page => bytes.AsSpan(page * size, size).IndexOf(holding) >= 0)
            .ToList();
        if (pages.Count == 0)
        {
            throw new InvalidDataException("no page holds that");
        }

        using var stream = File.OpenWrite(file);
        stream.Position = (long)pages[pages.Count / 2] * size;
        stream.Write(new byte[size]);
    }
}
