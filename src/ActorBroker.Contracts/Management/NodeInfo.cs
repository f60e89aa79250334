using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Alarms;

namespace ActorBroker.Contracts.Management;

/// <summary>A port that a node serves.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Protocol">The name of the listener, as in actorbroker.listeners.NAME.</param>
/// <param name="Address">The address that is bound.</param>
/// <param name="Port">The port.</param>
public sealed record ListenerInfo(string Node, string Protocol, string Address, int Port);

/// <summary>One node.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsRunning">It answers. Of one that does not, nothing else is known.</param>
public sealed record NodeInfo(string Name, bool IsRunning)
{
    /// <summary>Since when it serves.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Of the operating system.</summary>
    public int ProcessId { get; init; }

    /// <summary>Processors that it may use.</summary>
    public int Processors { get; init; }

    /// <summary>Keeps queues.</summary>
    public bool IsStore { get; init; } = true;

    /// <summary>Resident memory of the process, bytes.</summary>
    public long MemoryUsed { get; init; }

    /// <summary>Above so many bytes publishers are held back; 0 for never.</summary>
    public long MemoryLimit { get; init; }

    /// <summary>Bytes free on the data folder's disk; null where that is not looked at.</summary>
    public long? DiskFree { get; init; }

    /// <summary>Below so many bytes publishers are held back.</summary>
    public long DiskFreeLimit { get; init; }

    /// <summary>What it runs short of.</summary>
    public ResourceAlarms Alarms { get; init; }

    /// <summary>Open file descriptors; 0 where the system does not say.</summary>
    public int FilesOpen { get; init; }

    /// <summary>Most file descriptors; 0 where the system does not say.</summary>
    public long FilesMax { get; init; }

    /// <summary>Clients' connections.</summary>
    public int Connections { get; init; }

    /// <summary>Queues in its memory.</summary>
    public int Queues { get; init; }

    /// <summary>Bytes that the garbage collector manages.</summary>
    public long ManagedMemory { get; init; }

    /// <summary>Bytes that the garbage collector has of the system, used or not.</summary>
    public long CommittedMemory { get; init; }

    /// <summary>Bytes of <see cref="ManagedMemory"/> that are messages of queues.</summary>
    public long QueueMemory { get; init; }

    /// <summary>Collections so far.</summary>
    public long Collections { get; init; }

    /// <summary>Bytes allocated so far.</summary>
    public long AllocatedBytes { get; init; }

    /// <summary>Threads of the pool.</summary>
    public int PoolThreads { get; init; }

    /// <summary>Work that waits for one of them.</summary>
    public long PoolWorkWaiting { get; init; }

    /// <summary>Processor time that it has taken so far, in seconds.</summary>
    public double CpuSeconds { get; init; }

    /// <summary>The name of the cluster: that of its oldest node.</summary>
    public string Cluster { get; init; } = string.Empty;

    /// <summary>Nodes that it knows of, itself included.</summary>
    public int Members { get; init; }

    /// <summary>How many of them do not answer it.</summary>
    public int MembersUnreachable { get; init; }

    /// <summary>Logins by protocol, and by source where that is kept.</summary>
    public IReadOnlyList<LoginFigures> Logins { get; init; } = [];

    /// <summary>Ports that it serves.</summary>
    public IReadOnlyList<ListenerInfo> Listeners { get; init; } = [];

    /// <summary>connection_created, connection_closed, channel_created, channel_closed, queue_declared, queue_created, queue_deleted.</summary>
    public IReadOnlyList<Figure> Churn { get; init; } = [];
}
