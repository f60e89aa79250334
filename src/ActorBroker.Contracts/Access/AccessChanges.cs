using ActorBroker.Core.Access;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Access;

/// <summary>
/// A change of users, virtual hosts, permissions or limits. Answered by <see cref="AccessChangeDone"/> once it is written,
/// and every node goes by it. What is so already is answered at once, and nothing is written. Refusals:
/// <see cref="RefusalReason.NotFound"/> for a user or virtual host that is not there, <see cref="RefusalReason.PreconditionFailed"/>
/// for what cannot be (with what is wrong), <see cref="RefusalReason.Unavailable"/> when it may be tried again.
/// </summary>
public abstract record AccessChange(long RequestId, Origin Origin) : AccessCommand(RequestId);

/// <summary>The answer to an <see cref="AccessChange"/>: written and in force when <paramref name="Refusal"/> is null.</summary>
public sealed record AccessChangeDone(long RequestId, Refusal? Refusal) : IRequestAnswer;

/// <summary>Creates a user, or changes one.</summary>
/// <param name="RequestId">Of the asker's choosing.</param>
/// <param name="User">Name of the user.</param>
/// <param name="PasswordHash">In the form of <see cref="Core.Access.PasswordHash"/>; empty for none, null to leave it as it is.</param>
/// <param name="Hashing">How <paramref name="PasswordHash"/> was made.</param>
/// <param name="Tags">In place of earlier ones; null to leave them as they are.</param>
/// <param name="Origin">Who asks.</param>
public sealed record PutUser(
    long RequestId, string User, string? PasswordHash, PasswordHashing Hashing, IReadOnlyList<string>? Tags, Origin Origin)
    : AccessChange(RequestId, Origin)
{
    /// <summary>Leaves the hash out.</summary>
    public override string ToString() => $"PutUser {{ RequestId = {RequestId}, User = {User} }}";
}

/// <summary>Deletes a user with its permissions and limits; its connections are closed.</summary>
public sealed record DeleteUser(long RequestId, string User, Origin Origin) : AccessChange(RequestId, Origin);

/// <summary>Gives a user permissions on a virtual host, in place of earlier ones.</summary>
public sealed record PutPermission(long RequestId, string User, string VirtualHost, Permission Permission, Origin Origin)
    : AccessChange(RequestId, Origin);

/// <summary>Takes a user's permissions on a virtual host away, and so the virtual host.</summary>
public sealed record ClearPermission(long RequestId, string User, string VirtualHost, Origin Origin) : AccessChange(RequestId, Origin);

/// <summary>Restricts the routing keys that a user may use at a topic exchange, in place of earlier restrictions.</summary>
public sealed record PutTopicPermission(
    long RequestId, string User, string VirtualHost, string Exchange, TopicPermission Permission, Origin Origin)
    : AccessChange(RequestId, Origin);

/// <summary>Takes such restrictions away: at one exchange, or at all of the virtual host when it is null.</summary>
public sealed record ClearTopicPermission(long RequestId, string User, string VirtualHost, string? Exchange, Origin Origin)
    : AccessChange(RequestId, Origin);

/// <summary>Creates a virtual host, or changes what is kept of one.</summary>
/// <param name="RequestId">Of the asker's choosing.</param>
/// <param name="VirtualHost">Its name.</param>
/// <param name="Metadata">In place of earlier ones; null to leave it as it is.</param>
/// <param name="Origin">Who asks.</param>
public sealed record CreateVirtualHost(long RequestId, string VirtualHost, VirtualHostMetadata? Metadata, Origin Origin)
    : AccessChange(RequestId, Origin);

/// <summary>
/// Deletes a virtual host with all that is in it. First nobody is let in any more, and its connections are closed; it is
/// answered when its queues and exchanges are gone, which may take long.
/// </summary>
public sealed record DeleteVirtualHost(long RequestId, string VirtualHost, Origin Origin) : AccessChange(RequestId, Origin);

/// <summary>Limits the connections to a virtual host, null for no limit.</summary>
public sealed record SetVirtualHostLimits(long RequestId, string VirtualHost, long? ConnectionsMax, Origin Origin)
    : AccessChange(RequestId, Origin);

/// <summary>Sets a parameter of the whole cluster.</summary>
/// <param name="RequestId">Of the asker's choosing.</param>
/// <param name="Name">Its name.</param>
/// <param name="Value">JSON, which is kept as it is; null to take it away.</param>
/// <param name="Origin">Who asks.</param>
public sealed record SetGlobalParameter(long RequestId, string Name, string? Value, Origin Origin) : AccessChange(RequestId, Origin);

/// <summary>Sets a user's limits in place of earlier ones.</summary>
public sealed record SetUserLimits(long RequestId, string User, UserLimits Limits, Origin Origin) : AccessChange(RequestId, Origin);
