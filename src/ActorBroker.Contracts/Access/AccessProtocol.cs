using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Access;

/// <summary>
/// What the one access entity of the cluster understands. It goes through the shard region; answers go to the sender,
/// with the request id of the sender's own choosing. Changes are <see cref="AccessChange"/>; everything that is only to be
/// read is in each node's <see cref="AccessTables"/>.
/// </summary>
public abstract record AccessCommand(long RequestId) : IShardedMessage
{
    /// <summary>The id of the one entity.</summary>
    public const string TheEntity = "access";

    /// <inheritdoc/>
    public string EntityId => TheEntity;
}

/// <summary>Which virtual hosts are there? Answered by <see cref="VirtualHostsListed"/>.</summary>
public sealed record ListVirtualHosts(long RequestId) : AccessCommand(RequestId);

/// <summary>The answer to <see cref="ListVirtualHosts"/>: their names, in no order.</summary>
public sealed record VirtualHostsListed(long RequestId, IReadOnlyList<string> VirtualHosts) : IRequestAnswer;

/// <summary>
/// From a connection whose user may enter a virtual host: is there room for it, and is there such a virtual host? From here
/// on it counts. Answered by <see cref="VirtualHostOpened"/>.
/// </summary>
public sealed record OpenVirtualHost(long RequestId, string User, string VirtualHost) : AccessCommand(RequestId);

/// <summary>The answer to <see cref="OpenVirtualHost"/>: yes when <paramref name="Refusal"/> is null.</summary>
public sealed record VirtualHostOpened(long RequestId, Refusal? Refusal) : IRequestAnswer;
