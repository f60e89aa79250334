using System.Diagnostics;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;

namespace ActorBroker.Contracts.Access;

/// <summary>What access events come to: the same in the entity and on each node.</summary>
public static class AccessFold
{
    private static readonly Origin NoOrigin = new(string.Empty, string.Empty, DateTimeOffset.UnixEpoch);

    /// <summary>What there is after the event.</summary>
    public static AccessSnapshot After(this AccessSnapshot before, AccessEvent change)
    {
        ArgumentNullException.ThrowIfNull(before);
        return change switch
        {
            UserCreated created => before.With(created.User),
            UserChanged changed => before.With(changed.User),
            UserDeleted deleted => before.WithoutUser(deleted.User),
            VirtualHostCreated created => before.With(new VirtualHost(created.Name, created.Metadata)),
            VirtualHostDescribed described => before.With(new VirtualHost(described.Name, described.Metadata)),
            VirtualHostClosed closed => before.WithoutPermissionsIn(closed.Name),
            VirtualHostDeleted deleted => before.WithoutVirtualHost(deleted.Name),
            VirtualHostLimited limited => before.WithConnectionLimit(limited.VirtualHost, limited.ConnectionsMax),
            UserLimited limited => before.With(limited.User, limited.Limits),
            GlobalParameterSet set => before.WithParameter(set.Name, set.Value),
            PermissionGranted granted => before.With(new PermissionKey(granted.User, granted.VirtualHost), granted.Permission),
            PermissionCleared cleared => before.With(new PermissionKey(cleared.User, cleared.VirtualHost), permission: null),
            TopicPermissionGranted granted =>
                before.With(new TopicPermissionKey(granted.User, granted.VirtualHost, granted.Exchange), granted.Permission),
            TopicPermissionCleared cleared => before.WithoutTopicPermissions(cleared.User, cleared.VirtualHost, cleared.Exchange),
            _ => throw new UnreachableException($"{change?.GetType()} is no event of access."),
        };
    }

    /// <summary>The fewest events that come to all this, for a node that knows nothing.</summary>
    public static IReadOnlyList<AccessEvent> ToEvents(this AccessSnapshot all)
    {
        ArgumentNullException.ThrowIfNull(all);
        return
        [
            .. all.Users.Values.Select(static user => new UserCreated(user, NoOrigin)),
            .. all.VirtualHosts.Values.Select(static host => new VirtualHostDescribed(host.Name, host.Metadata, NoOrigin)),
            .. all.VirtualHosts.Values.Where(static host => host.IsBeingDeleted).Select(static host => new VirtualHostClosed(host.Name, NoOrigin)),
            .. all.ConnectionLimits.Select(static limit => new VirtualHostLimited(limit.Key, limit.Value, NoOrigin)),
            .. all.UserLimits.Select(static limits => new UserLimited(limits.Key, limits.Value, NoOrigin)),
            .. all.Parameters.Select(static parameter => new GlobalParameterSet(parameter.Key, parameter.Value, NoOrigin)),
            .. all.Permissions.Select(static entry => new PermissionGranted(entry.Key.User, entry.Key.VirtualHost, entry.Value, NoOrigin)),
            .. all.TopicPermissions.Select(static entry =>
                new TopicPermissionGranted(entry.Key.User, entry.Key.VirtualHost, entry.Key.Exchange, entry.Value, NoOrigin)),
        ];
    }
}
