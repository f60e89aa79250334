using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Queues;

namespace ActorBroker.Broker.Events;

/// <content>Users, virtual hosts, permissions and limits of users.</content>
internal sealed partial class EventText
{
    private IEnumerable<(string RoutingKey, EventHeaders Headers)> OfAccess(AccessEvent change)
    {
        var by = change.Origin.User;
        return change switch
        {
            UserCreated { User.Tags.Count: 0 } created => [("user.created", By(Named(created.User.Name), by))],
            UserCreated created => [("user.created", By(Named(created.User.Name), by)), TagsSet(created.User, by)],
            UserChanged changed => OfChanged(changed),
            UserDeleted deleted => [("user.deleted", By(Named(deleted.User), by))],
            VirtualHostCreated created => [("vhost.created", By(OfVirtualHost(created.Name, created.Metadata), by))],
            VirtualHostDescribed described => [("vhost.updated", By(OfVirtualHost(described.Name, described.Metadata), by))],
            VirtualHostDeleted deleted => [("vhost.deleted", By(Named(deleted.Name), by))],
            PermissionGranted granted => [("permission.created", By(Granted(granted), by))],
            PermissionCleared cleared => [("permission.deleted", By(OfUser(cleared.User, cleared.VirtualHost), by))],
            TopicPermissionGranted granted =>
            [
                ("topic.permission.created", By(
                    OfUser(granted.User, granted.VirtualHost)
                        .Add("exchange", granted.Exchange)
                        .Add("write", granted.Permission.Write)
                        .Add("read", granted.Permission.Read),
                    by)),
            ],
            TopicPermissionCleared cleared => [("topic.permission.deleted", By(OfUser(cleared.User, cleared.VirtualHost), by))],
            VirtualHostLimited limited => OfLimits(limited.VirtualHost, "max-connections", limited.ConnectionsMax, by),
            UserLimited limited when limited.Limits == UserLimits.None =>
                [("user.limits.cleared", By(Named(LimitsName).Add("username", limited.User), by))],
            UserLimited limited => [("user.limits.set", By(Limited(limited), by))],
            GlobalParameterSet { Value: null } cleared => [("parameter.cleared", By(Named(cleared.Name).Add("component", "global"), by))],
            GlobalParameterSet set => [("parameter.set", By(Named(set.Name).Add("component", "global"), by))],
            _ => [],
        };
    }

    private static IEnumerable<(string RoutingKey, EventHeaders Headers)> OfChanged(UserChanged changed)
    {
        var by = changed.Origin.User;
        if (changed.HasPasswordChanged)
            yield return (changed.User.PasswordHash.Length == 0 ? "user.password.cleared" : "user.password.changed", By(Named(changed.User.Name), by));
        if (changed.HaveTagsChanged)
            yield return TagsSet(changed.User, by);
    }

    private static (string RoutingKey, EventHeaders Headers) TagsSet(User user, string by) =>
        ("user.tags.set", By(Named(user.Name).Add("tags", user.Tags), by));

    private EventHeaders OfVirtualHost(string name, VirtualHostMetadata metadata) => Named(name)
        .Add("description", metadata.Description)
        .Add("tags", metadata.Tags)
        .Add("default_queue_type", metadata.DefaultQueueType is { } type ? type.Word() : "undefined")
        .Add("tracing", false)
        .Add("cluster_state", ArgumentTable.Of((names.Node, ArgumentValue.FromString("running"))));

    private static EventHeaders OfUser(string user, string virtualHost) => new EventHeaders().Add("user", user).Add("vhost", virtualHost);

    private static EventHeaders Granted(PermissionGranted granted) => OfUser(granted.User, granted.VirtualHost)
        .Add("configure", granted.Permission.Configure)
        .Add("write", granted.Permission.Write)
        .Add("read", granted.Permission.Read);

    private static EventHeaders Limited(UserLimited limited)
    {
        var headers = Named(LimitsName).Add("username", limited.User);
        if (limited.Limits.ConnectionsMax is { } connections)
            headers.Add("max-connections", connections);
        if (limited.Limits.ChannelsMax is { } channels)
            headers.Add("max-channels", channels);
        return headers;
    }
}
