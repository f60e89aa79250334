using System.Globalization;

namespace ActorBroker.Testing.Processes;

/// <summary>What a process takes, as Linux counts it.</summary>
public static class ProcessGauge
{
    /// <summary>Bytes of memory that are in use.</summary>
    public static long ResidentBytes(int processId)
    {
        const string Field = "VmRSS:";
        var line = File.ReadLines(Proc(processId, "status")).First(line => line.StartsWith(Field, StringComparison.Ordinal));
        var kibibytes = line[Field.Length..].Trim().Split(' ')[0];
        return long.Parse(kibibytes, CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Open files and sockets.</summary>
    public static int Handles(int processId) => Directory.GetFileSystemEntries(Proc(processId, "fd")).Length;

    private static string Proc(int processId, string entry) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/{entry}");
}
