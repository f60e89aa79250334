namespace ActorBroker.Contracts.Management;

/// <summary>All nodes together.</summary>
/// <param name="Node">The name of the node that answers.</param>
public sealed record OverviewInfo(string Node)
{
    /// <summary>Queues.</summary>
    public int Queues { get; init; }

    /// <summary>Exchanges, default and predeclared ones included.</summary>
    public int Exchanges { get; init; }

    /// <summary>Connections.</summary>
    public int Connections { get; init; }

    /// <summary>Channels.</summary>
    public int Channels { get; init; }

    /// <summary>Consumers.</summary>
    public int Consumers { get; init; }

    /// <summary>messages, messages_ready, messages_unacknowledged of all queues.</summary>
    public IReadOnlyList<Figure> Lengths { get; init; } = [];

    /// <summary>As of a channel, of all there are and have been, and disk_reads and disk_writes.</summary>
    public IReadOnlyList<Figure> MessageStats { get; init; } = [];

    /// <summary>connection_created, connection_closed, channel_created, channel_closed, queue_declared, queue_created, queue_deleted.</summary>
    public IReadOnlyList<Figure> Churn { get; init; } = [];

    /// <summary>Ports that nodes serve.</summary>
    public IReadOnlyList<ListenerInfo> Listeners { get; init; } = [];

    /// <summary>The nodes' names, those that do not answer left out.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];
}

/// <summary>What is in one virtual host, and what has happened there.</summary>
/// <param name="Name">Its name.</param>
public sealed record VirtualHostInfo(string Name)
{
    /// <summary>Its connections.</summary>
    public int Connections { get; init; }

    /// <summary>Their channels.</summary>
    public int Channels { get; init; }

    /// <summary>Their consumers.</summary>
    public int Consumers { get; init; }

    /// <summary>messages, messages_ready, messages_unacknowledged of its queues.</summary>
    public IReadOnlyList<Figure> Lengths { get; init; } = [];

    /// <summary>As of a channel, of all there are and have been.</summary>
    public IReadOnlyList<Figure> MessageStats { get; init; } = [];

    /// <summary>recv_oct, recv_cnt, send_oct and send_cnt of all connections there are and have been.</summary>
    public IReadOnlyList<Figure> Traffic { get; init; } = [];
}
