using System.Globalization;
using ActorBroker.Broker.Alarms;
using ActorBroker.Contracts.Management;
using ActorBroker.Core.Alarms;

namespace ActorBroker.Broker.Management;

/// <summary>How the process of a node does.</summary>
/// <param name="gauge">Memory and disk.</param>
/// <param name="limits">How much of them it may take.</param>
/// <param name="isStore">Whether entities live on it.</param>
/// <param name="startedAt">Since when it serves.</param>
internal sealed class NodeGauge(IResourceGauge gauge, ResourceLimits limits, bool isStore, DateTimeOffset startedAt)
{
    private const string LimitsFile = "/proc/self/limits";
    private const string OpenFilesFolder = "/proc/self/fd";
    private const string OpenFilesLimit = "Max open files";

    private volatile int _alarms;

    /// <summary>What the node runs short of, as its monitor has said.</summary>
    public void Set(ResourceAlarms resource, bool isSet) =>
        _alarms = isSet ? _alarms | (int)resource : _alarms & ~(int)resource;

    /// <summary>Fills in what the process says of itself. May block for a moment.</summary>
    public NodeInfo Read(NodeInfo node)
    {
        var reading = Measure();
        return node with
        {
            StartedAt = startedAt,
            ProcessId = Environment.ProcessId,
            Processors = Environment.ProcessorCount,
            IsStore = isStore,
            MemoryUsed = reading.MemoryUsed,
            MemoryLimit = limits.Memory.In(reading.MemoryTotal),
            DiskFree = reading.DiskFree == long.MaxValue ? null : reading.DiskFree,
            DiskFreeLimit = limits.DiskFree.In(reading.MemoryTotal),
            Alarms = (ResourceAlarms)_alarms,
            FilesOpen = Directory.Exists(OpenFilesFolder) ? Directory.GetFileSystemEntries(OpenFilesFolder).Length : 0,
            FilesMax = FilesMax(),
            ManagedMemory = GC.GetTotalMemory(forceFullCollection: false),
            CommittedMemory = GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes,
            Collections = GC.CollectionCount(0),
            AllocatedBytes = GC.GetTotalAllocatedBytes(),
            PoolThreads = ThreadPool.ThreadCount,
            PoolWorkWaiting = ThreadPool.PendingWorkItemCount,
            CpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
        };
    }

    // A disk that cannot be looked at now says nothing of the rest.
    private ResourceReading Measure()
    {
        try
        {
            return gauge.Read();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new ResourceReading(Environment.WorkingSet, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, long.MaxValue);
        }
    }

    private static long FilesMax()
    {
        if (!File.Exists(LimitsFile))
        {
            return 0;
        }

        var line = File.ReadLines(LimitsFile).FirstOrDefault(static line => line.StartsWith(OpenFilesLimit, StringComparison.Ordinal));
        var soft = line?[OpenFilesLimit.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : 0;
    }
}
