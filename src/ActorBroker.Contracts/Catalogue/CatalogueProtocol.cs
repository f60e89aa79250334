using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Catalogue;

/// <summary>A queue's or exchange's name as the catalogue of its virtual host keeps it.</summary>
/// <param name="Kind">Queue or exchange.</param>
/// <param name="Name">The name.</param>
/// <param name="Durable">The name is kept over restarts.</param>
public readonly record struct CatalogueName(DestinationKind Kind, string Name, bool Durable);

/// <summary>
/// What the catalogue of a virtual host understands. It goes through the shard region; answers go to the sender.
/// Predeclared exchanges (<c>amq.*</c>) and the default exchange are in no catalogue: every node knows them.
/// </summary>
public abstract record CatalogueCommand(string VirtualHost) : IShardedMessage
{
    /// <inheritdoc/>
    public string? EntityId => VirtualHost is null ? null : EntityIds.OfVirtualHost(VirtualHost);
}

/// <summary>
/// From a queue or exchange that is being declared, before it is there. Idempotent. Answered by
/// <see cref="NameRegistered"/> once every node knows the name.
/// </summary>
public sealed record RegisterName(string VirtualHost, DestinationKind Kind, string Name, bool Durable, string RequestId)
    : CatalogueCommand(VirtualHost);

/// <summary>
/// From a queue or exchange that was deleted, or that finds that it does not exist. Idempotent. Answered by
/// <see cref="NameUnregistered"/> once no node knows the name any more.
/// </summary>
public sealed record UnregisterName(string VirtualHost, DestinationKind Kind, string Name, string RequestId)
    : CatalogueCommand(VirtualHost);

/// <summary>The answer to <see cref="RegisterName"/>: done when <paramref name="Refusal"/> is null.</summary>
public sealed record NameRegistered(string RequestId, Refusal? Refusal) : IBrokerMessage;

/// <summary>The answer to <see cref="UnregisterName"/>: done when <paramref name="Refusal"/> is null.</summary>
public sealed record NameUnregistered(string RequestId, Refusal? Refusal) : IBrokerMessage
{
    /// <summary>The catalogue had the name until now; false too from a node that does not say so yet.</summary>
    public bool WasThere { get; init; }
}

/// <summary>All names, for start-up and listings. Answered by one or more <see cref="NamesListed"/>.</summary>
public sealed record ListNames(string VirtualHost, string RequestId) : CatalogueCommand(VirtualHost);

/// <summary>A part of the answer to <see cref="ListNames"/>; the last one says so.</summary>
public sealed record NamesListed(string RequestId, string VirtualHost, IReadOnlyList<CatalogueName> Names, bool IsLast) : IBrokerMessage;

/// <summary>
/// From a node's routing table actor, before it subscribes again to a new incarnation of the catalogue: transient names
/// that the node knows from the earlier one, which the journal does not keep. The catalogue takes them over. Not
/// answered; many names come in several messages.
/// </summary>
public sealed record ReclaimNames(string VirtualHost, IReadOnlyList<CatalogueName> Names) : CatalogueCommand(VirtualHost);

/// <summary>
/// From a node's routing table actor: send me all names and all changes from now on. Answered by
/// <see cref="NamesSnapshot"/>. Subscribing again starts anew. The subscription ends when either actor terminates.
/// </summary>
public sealed record SubscribeNames(string VirtualHost) : CatalogueCommand(VirtualHost);

/// <summary>
/// A part of the catalogue, small enough for one message between nodes. The parts of one snapshot come in a row from
/// one actor, all with the same version.
/// </summary>
/// <param name="VirtualHost">The virtual host.</param>
/// <param name="Version">The state that this is a snapshot of; the first change that follows is of the next version.</param>
/// <param name="Names">Some of the names.</param>
/// <param name="IsFirst">What was received of an earlier snapshot is void.</param>
/// <param name="IsLast">The snapshot is complete.</param>
/// <param name="Policies">With the first part, the policies; null where there are none.</param>
public sealed record NamesSnapshot(
    string VirtualHost, long Version, IReadOnlyList<CatalogueName> Names, bool IsFirst, bool IsLast, VirtualHostPolicies? Policies = null)
    : IBrokerMessage;

/// <summary>A name that was registered or unregistered.</summary>
public readonly record struct NameChange(bool Added, CatalogueName Name);

/// <summary>Changes, in order. Answered by <see cref="NamesApplied"/> with the same version once routing follows them.</summary>
/// <param name="VirtualHost">The virtual host.</param>
/// <param name="Version">One more than that of the change or snapshot before. After a gap the node subscribes again.</param>
/// <param name="Changes">What changed.</param>
public sealed record NamesChanged(string VirtualHost, long Version, IReadOnlyList<NameChange> Changes) : IBrokerMessage;

/// <summary>
/// From the catalogue's actor to a node's routing table actor, which need not follow it: follow me, if you have these
/// names. Answered by <see cref="NamesApplied"/> when it follows, or has none.
/// </summary>
public sealed record FollowNames(string VirtualHost) : IBrokerMessage;

/// <summary>
/// From the node to the catalogue's actor: routing on this node knows the names up to this version. Of a snapshot too,
/// and of version 0 when the node has no names of the virtual host.
/// </summary>
public sealed record NamesApplied(string VirtualHost, long Version) : IBrokerMessage;

/// <summary>
/// The node did not answer in time and is no longer subscribed: what it has is out of date, it must subscribe again
/// before it routes anything.
/// </summary>
public sealed record ReloadNames(string VirtualHost) : IBrokerMessage;

/// <summary>The answer to <see cref="SubscribeNames"/> of a catalogue that cannot say what its names are.</summary>
public sealed record NamesRefused(string VirtualHost, Refusal Refusal) : IBrokerMessage;
