namespace ActorBroker.Contracts.Management;

/// <summary>
/// What passed between two of a channel, an exchange and a queue, or from a channel through an exchange to a queue. Of those that
/// a node had room to tell apart.
/// </summary>
/// <param name="VirtualHost">Where they are.</param>
/// <param name="Channel">The channel; null for all channels that there are and have been.</param>
/// <param name="Exchange">The name of the exchange; empty for the default one, null for none.</param>
/// <param name="Queue">The name of the queue; null for none.</param>
/// <param name="MessageStats">
/// Of a channel and an exchange: publish, confirm, return_unroutable, drop_unroutable. Of a channel and a queue: get,
/// get_no_ack, deliver, deliver_no_ack, redeliver, ack, deliver_get, get_empty. Of an exchange and a queue: publish.
/// </param>
public sealed record PairInfo(string VirtualHost, PairedChannel? Channel, string? Exchange, string? Queue, IReadOnlyList<Figure> MessageStats);

/// <summary>A channel, as those need it who list what it has to do with others.</summary>
/// <param name="Connection">The connection's name.</param>
/// <param name="Number">As the client names the channel.</param>
/// <param name="Node">The name of the node that the client is connected to.</param>
/// <param name="User">The user.</param>
/// <param name="PeerHost">The client's address.</param>
/// <param name="PeerPort">The client's port.</param>
public sealed record PairedChannel(string Connection, int Number, string Node, string User, string PeerHost, int PeerPort)
{
    /// <summary>As of <see cref="ChannelInfo.Name"/>.</summary>
    public string Name => ChannelInfo.NameOf(Connection, Number);
}
