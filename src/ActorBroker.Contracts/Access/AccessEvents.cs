using ActorBroker.Core.Access;
using ActorBroker.Core.Names;

namespace ActorBroker.Contracts.Access;

/// <summary>The journal of users, virtual hosts, permissions and limits. Nodes are told changes in the same words.</summary>
public abstract record AccessEvent(Origin Origin) : IJournalEvent;

/// <summary>Everything that there is, as the fewest events that come to it.</summary>
public sealed record AccessEntitySnapshot(IReadOnlyList<AccessEvent> Changes) : IJournalEvent;

/// <summary>A user exists from here on.</summary>
public sealed record UserCreated(User User, Origin Origin) : AccessEvent(Origin);

/// <summary>A user is this one from here on.</summary>
/// <param name="User">With what has not changed, too.</param>
/// <param name="HasPasswordChanged">The password may be another one, or none any more.</param>
/// <param name="HaveTagsChanged">The tags were set.</param>
/// <param name="Origin">Who asked for it.</param>
public sealed record UserChanged(User User, bool HasPasswordChanged, bool HaveTagsChanged, Origin Origin) : AccessEvent(Origin);

/// <summary>A user is gone, with its permissions and limits.</summary>
public sealed record UserDeleted(string User, Origin Origin) : AccessEvent(Origin);

/// <summary>A virtual host exists from here on.</summary>
public sealed record VirtualHostCreated(string Name, VirtualHostMetadata Metadata, Origin Origin) : AccessEvent(Origin);

/// <summary>This is said of a virtual host from here on.</summary>
public sealed record VirtualHostDescribed(string Name, VirtualHostMetadata Metadata, Origin Origin) : AccessEvent(Origin);

/// <summary>A virtual host is closed, and what is in it is being deleted; its permissions are gone.</summary>
public sealed record VirtualHostClosed(string Name, Origin Origin) : AccessEvent(Origin);

/// <summary>A virtual host is gone, with all that was in it.</summary>
public sealed record VirtualHostDeleted(string Name, Origin Origin) : AccessEvent(Origin);

/// <summary>So many connections to a virtual host at most from here on; null for no limit.</summary>
public sealed record VirtualHostLimited(string VirtualHost, long? ConnectionsMax, Origin Origin) : AccessEvent(Origin);

/// <summary>These limits of a user hold from here on, in place of earlier ones.</summary>
public sealed record UserLimited(string User, UserLimits Limits, Origin Origin) : AccessEvent(Origin);

/// <summary>A parameter of the whole cluster has this value from here on, as JSON; null when it has none any more.</summary>
public sealed record GlobalParameterSet(string Name, string? Value, Origin Origin) : AccessEvent(Origin);

/// <summary>A user may use a virtual host from here on, by these permissions in place of earlier ones.</summary>
public sealed record PermissionGranted(string User, string VirtualHost, Permission Permission, Origin Origin) : AccessEvent(Origin);

/// <summary>A user may not use a virtual host any more.</summary>
public sealed record PermissionCleared(string User, string VirtualHost, Origin Origin) : AccessEvent(Origin);

/// <summary>A user may use these routing keys of a topic exchange only from here on.</summary>
public sealed record TopicPermissionGranted(string User, string VirtualHost, string Exchange, TopicPermission Permission, Origin Origin)
    : AccessEvent(Origin);

/// <summary>A user may use any routing key of a topic exchange, or of all of the virtual host when it is null.</summary>
public sealed record TopicPermissionCleared(string User, string VirtualHost, string? Exchange, Origin Origin) : AccessEvent(Origin);
