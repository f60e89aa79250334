using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Management;

/// <summary>One channel of a connection.</summary>
/// <param name="Connection">The connection's name. The channel's is that and its number in brackets.</param>
/// <param name="Number">As the client names it.</param>
/// <param name="Node">The name of the node that the client is connected to.</param>
/// <param name="User">The user.</param>
/// <param name="VirtualHost">The virtual host.</param>
public sealed record ChannelInfo(string Connection, int Number, string Node, string User, string VirtualHost)
{
    /// <summary>The channel's name.</summary>
    public string Name => NameOf(Connection, Number);

    /// <summary>The client's address.</summary>
    public string PeerHost { get; init; } = string.Empty;

    /// <summary>The client's port.</summary>
    public int PeerPort { get; init; }

    /// <summary>Its consumers.</summary>
    public int Consumers { get; init; }

    /// <summary>Most unsettled deliveries that each further consumer may have; 0 for no limit.</summary>
    public int PrefetchCount { get; init; }

    /// <summary>Most unsettled deliveries of all its consumers; 0 for no limit.</summary>
    public int GlobalPrefetchCount { get; init; }

    /// <summary>Deliveries that the client has not settled.</summary>
    public long Unacknowledged { get; init; }

    /// <summary>Publishes that were not confirmed yet.</summary>
    public long Unconfirmed { get; init; }

    /// <summary>Publishes of the transaction that is open.</summary>
    public int Uncommitted { get; init; }

    /// <summary>Settlements of the transaction that is open.</summary>
    public int AcksUncommitted { get; init; }

    /// <summary>Publishes are confirmed.</summary>
    public bool IsConfirming { get; init; }

    /// <summary>Publishes and settlements take effect with a commit.</summary>
    public bool IsTransactional { get; init; }

    /// <summary>publish, confirm, return_unroutable, drop_unroutable, deliver, deliver_no_ack, get, get_no_ack, get_empty, deliver_get, redeliver, ack; empty where nothing ever happened.</summary>
    public IReadOnlyList<Figure> MessageStats { get; init; } = [];

    internal static string NameOf(string connection, int number) => $"{connection} ({number})";
}

/// <summary>One consumer.</summary>
/// <param name="VirtualHost">Its virtual host.</param>
/// <param name="Queue">The queue's name.</param>
/// <param name="Connection">The connection's name.</param>
/// <param name="Channel">The channel's number.</param>
/// <param name="Node">The name of the node that the client is connected to.</param>
/// <param name="User">The user.</param>
/// <param name="Settings">How it consumes.</param>
public sealed record ConsumerInfo(
    string VirtualHost, string Queue, string Connection, int Channel, string Node, string User, ConsumerSettings Settings)
{
    /// <summary>The client's address.</summary>
    public string PeerHost { get; init; } = string.Empty;

    /// <summary>The client's port.</summary>
    public int PeerPort { get; init; }
}
