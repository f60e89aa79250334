using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Access;

/// <summary>
/// From a node, for its <see cref="AccessTables"/>: send me everything, and all changes from now on. Answered by
/// <see cref="AccessTableChanged"/> with the whole table, or by <see cref="AccessTableRefused"/>. Subscribing again starts
/// anew. The subscription ends when either actor terminates.
/// </summary>
public sealed record SubscribeAccess() : AccessCommand(0);

/// <summary>To the nodes that follow. Answered by <see cref="AccessTableApplied"/> with the same version once the node goes by it.</summary>
/// <param name="Version">One more than that of the change before. After a gap the node subscribes again.</param>
/// <param name="IsWhole">The changes are all that there is, instead of what the node has.</param>
/// <param name="Changes">What happened, in order.</param>
public sealed record AccessTableChanged(long Version, bool IsWhole, IReadOnlyList<AccessEvent> Changes) : IBrokerMessage;

/// <summary>
/// From the access entity to a node that need not follow it yet: follow me. Answered by <see cref="AccessTableApplied"/> when
/// the node goes by what the entity has.
/// </summary>
public sealed record FollowAccess : IBrokerMessage;

/// <summary>From the node to the access entity: what is decided on this node goes by this version.</summary>
public sealed record AccessTableApplied(long Version) : IBrokerMessage;

/// <summary>The node did not answer in time and is no longer subscribed: what it has may be out of date.</summary>
public sealed record ReloadAccess : IBrokerMessage;

/// <summary>The answer to <see cref="SubscribeAccess"/> of an entity that does not know itself.</summary>
public sealed record AccessTableRefused(Refusal Refusal) : IBrokerMessage;
