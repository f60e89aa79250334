namespace ActorBroker.Broker.Alarms;

/// <summary>Measures what a node may run short of. Called on a thread of the pool; may block.</summary>
public interface IResourceGauge
{
    /// <summary>Takes all figures now.</summary>
    ResourceReading Read();

    /// <summary>Gives back what memory the process does not need: dear, called before a memory alarm would go off and after a burst of work.</summary>
    void GiveMemoryBack();
}

/// <summary>Figures of one moment, in bytes.</summary>
/// <param name="MemoryUsed">Resident memory of the process.</param>
/// <param name="MemoryTotal">Memory of the machine, or of the container when that is less.</param>
/// <param name="DiskFree">Room on the data folder's disk.</param>
public readonly record struct ResourceReading(long MemoryUsed, long MemoryTotal, long DiskFree)
{
    /// <summary>All that the process has allocated since its start.</summary>
    public long Allocated { get; init; }
}
