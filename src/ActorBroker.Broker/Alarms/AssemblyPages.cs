using System.Globalization;

namespace ActorBroker.Broker.Alarms;

/// <summary>
/// The files of assemblies, which the runtime maps as they are. A start reads through the metadata of most of them: 28 MB
/// stay mapped, 6 MB of which are looked at again. The system would take the rest only when it is short of memory.
/// </summary>
internal static class AssemblyPages
{
    // MADV_DONTNEED of sys/mman.h: of a shared, read-only mapping it only means that the next look asks the page cache.
    private const int DoNotNeed = 4;
    private const string SharedReadOnly = "r--s";
    private const string Maps = "/proc/self/maps";

    private static readonly Advise? AdviseOfLibrary = NativeMemory.Find<Advise>("madvise");

    private delegate int Advise(nint address, nuint length, int advice);

    /// <summary>Leaves the pages to the system's cache until they are needed again.</summary>
    public static void Release()
    {
        if (AdviseOfLibrary is null || !File.Exists(Maps))
        {
            return;
        }

        foreach (var line in File.ReadLines(Maps))
        {
            // FIRST-END PERMISSIONS OFFSET DEVICE INODE PATH
            var words = line.Split(' ', 3);
            if (words.Length == 3 && words[1] == SharedReadOnly && line.EndsWith(".dll", StringComparison.Ordinal))
            {
                var dash = words[0].IndexOf('-', StringComparison.Ordinal);
                var first = long.Parse(words[0].AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                var end = long.Parse(words[0].AsSpan(dash + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                AdviseOfLibrary((nint)first, (nuint)(end - first), DoNotNeed);
            }
        }
    }
}
