using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Alarms;

/// <summary>The machine that the process runs on.</summary>
/// <param name="dataFolder">A path on the disk to look at; null when what is kept is on no disk of this machine.</param>
public sealed class MachineGauge(string? dataFolder) : IResourceGauge
{
    private readonly DriveInfo? _disk = dataFolder is null ? null : new DriveInfo(Path.GetFullPath(dataFolder));

    /// <inheritdoc/>
    /// <remarks>The runtime's notion of available memory is the container's limit where there is one.</remarks>
    public ResourceReading Read() =>
        new(Environment.WorkingSet, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, _disk?.AvailableFreeSpace ?? long.MaxValue)
        {
            Allocated = GC.GetTotalAllocatedBytes(),
        };

    /// <inheritdoc/>
    public void GiveMemoryBack()
    {
        // The page caches of connections that nobody uses now go with them.
        SqliteConnection.ClearAllPools();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeMemory.Trim();
    }
}
