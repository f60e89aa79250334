using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Management;

/// <summary>One client's connection.</summary>
/// <param name="Name"><c>CLIENT'S ADDRESS -&gt; BROKER'S ADDRESS</c>.</param>
/// <param name="Node">The name of the node that it is connected to.</param>
/// <param name="User">Empty before it has authenticated.</param>
/// <param name="VirtualHost">Empty before it has entered one.</param>
/// <param name="Client">What it says of itself.</param>
/// <param name="ConnectedAt">Since when.</param>
public sealed record ConnectionInfo(
    string Name, string Node, string User, string VirtualHost, ClientDescription Client, DateTimeOffset ConnectedAt)
{
    /// <summary>The client's address.</summary>
    public string PeerHost { get; init; } = string.Empty;

    /// <summary>The client's port.</summary>
    public int PeerPort { get; init; }

    /// <summary>The address that it has connected to.</summary>
    public string Host { get; init; } = string.Empty;

    /// <summary>The port that it has connected to.</summary>
    public int Port { get; init; }

    /// <summary>How it is encrypted; null where it is not.</summary>
    public TlsDescription? Tls { get; init; }

    /// <summary>It publishes while resources are short, and is not read.</summary>
    public bool IsBlocked { get; init; }

    /// <summary>Its open channels.</summary>
    public int Channels { get; init; }

    /// <summary>recv_oct, recv_cnt, send_oct, send_cnt.</summary>
    public IReadOnlyList<Figure> Traffic { get; init; } = [];
}
