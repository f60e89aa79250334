using ActorBroker.Core.Access;
using ActorBroker.Core.Names;

namespace ActorBroker.Contracts.Access;

/// <summary>The journal of users, virtual hosts and permissions.</summary>
public abstract record AccessEvent(Origin Origin) : IJournalEvent;

/// <summary>A user exists from here on.</summary>
public sealed record UserCreated(User User, Origin Origin) : AccessEvent(Origin);

/// <summary>A virtual host exists from here on.</summary>
public sealed record VirtualHostCreated(string Name, Origin Origin) : AccessEvent(Origin);

/// <summary>So many connections to a virtual host at most from here on; null for no limit.</summary>
public sealed record VirtualHostLimited(string VirtualHost, long? ConnectionsMax, Origin Origin) : AccessEvent(Origin);

/// <summary>These limits of a user hold from here on, in place of earlier ones.</summary>
public sealed record UserLimited(string User, UserLimits Limits, Origin Origin) : AccessEvent(Origin);

/// <summary>A user may use a virtual host from here on, by these permissions in place of earlier ones.</summary>
public sealed record PermissionGranted(string User, string VirtualHost, Permission Permission, Origin Origin) : AccessEvent(Origin);
