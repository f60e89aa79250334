using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Access;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;

namespace ActorBroker.Broker.Events;

/// <content>Users, virtual hosts, permissions, limits and policies.</content>
internal sealed partial class EventText
{
    private const string LimitsName = "limits";

    private IEnumerable<(string RoutingKey, EventHeaders Headers)> OfAccess(AccessEvent change)
    {
        var user = change.Origin.User;
        switch (change)
        {
            case UserCreated created:
                yield return ("user.created", By(Named(created.User.Name), user));
                if (created.User.Tags.Count > 0)
                    yield return ("user.tags.set", By(Named(created.User.Name).Add("tags", created.User.Tags), user));
                break;
            case VirtualHostCreated created:
                yield return ("vhost.created", By(Created(created.Name), user));
                break;
            case PermissionGranted granted:
                yield return ("permission.created", By(Granted(granted), user));
                break;
            case VirtualHostLimited limited:
                foreach (var told in OfLimits(limited.VirtualHost, "max-connections", limited.ConnectionsMax, user))
                    yield return told;
                break;
            case UserLimited limited:
                yield return limited.Limits == UserLimits.None
                    ? ("user.limits.cleared", By(Named(LimitsName).Add("username", limited.User), user))
                    : ("user.limits.set", By(Limited(limited), user));
                break;
        }
    }

    private static IEnumerable<(string RoutingKey, EventHeaders Headers)> OfVirtualHost(CatalogueEvent change) => change switch
    {
        PolicySet { Policy.IsOperator: true } set =>
        [
            ("parameter.set", Parameter(set.VirtualHost, "operator_policy", set.Policy.Name, ValueOf(set.Policy), set.Origin)),
            ("policy.set", By(Set(set), set.Origin.User)),
        ],
        PolicySet set => [("policy.set", By(Set(set), set.Origin.User))],
        PolicyCleared { IsOperator: true } cleared =>
        [
            ("parameter.cleared", Parameter(cleared.VirtualHost, "operator_policy", cleared.Name, null, cleared.Origin)),
            ("operator.policy.cleared", By(Place(cleared.Name, cleared.VirtualHost), cleared.Origin.User)),
        ],
        PolicyCleared cleared => [("policy.cleared", By(Place(cleared.Name, cleared.VirtualHost), cleared.Origin.User))],
        QueueLimitSet set => OfLimits(set.VirtualHost, "max-queues", set.QueuesMax, set.Origin.User),
        _ => [],
    };

    // RabbitMQ sets all limits of a virtual host at once and tells them so; the parameter is what says which virtual host.
    private static IEnumerable<(string RoutingKey, EventHeaders Headers)> OfLimits(string virtualHost, string limit, long? most, string user)
    {
        var parameter = Place(LimitsName, virtualHost).Add("component", "vhost-limits");
        if (most is { } value)
        {
            parameter.Add("value", ArgumentTable.Of((limit, ArgumentValue.FromInt64(value))));
            yield return ("parameter.set", By(parameter, user));
            yield return ("vhost.limits.set", By(Named(LimitsName).Add(limit, value), user));
        }
        else
        {
            yield return ("parameter.cleared", By(parameter, user));
            yield return ("vhost.limits.cleared", By(Named(LimitsName), user));
        }
    }

    private static EventHeaders Named(string name) => new EventHeaders().Add("name", name);

    private EventHeaders Created(string virtualHost) => Named(virtualHost)
        .Add("description", string.Empty)
        .Add("tags", Array.Empty<string>())
        .Add("default_queue_type", "undefined")
        .Add("tracing", false)
        .Add("cluster_state", ArgumentTable.Of((names.Node, ArgumentValue.FromString("running"))));

    private static EventHeaders Granted(PermissionGranted granted) => new EventHeaders()
        .Add("user", granted.User)
        .Add("vhost", granted.VirtualHost)
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

    private static EventHeaders Set(PolicySet set)
    {
        var policy = set.Policy;
        return Place(policy.Name, set.VirtualHost)
            .Add("pattern", policy.Pattern)
            .Add("definition", Plain(policy.Definition))
            .Add("priority", policy.Priority)
            .Add("apply-to", policy.ApplyTo.Word());
    }

    private static ArgumentTable ValueOf(Policy policy) => ArgumentTable.Of(
        ("pattern", ArgumentValue.FromString(policy.Pattern)),
        ("definition", ArgumentValue.FromTable(Plain(policy.Definition))),
        ("priority", ArgumentValue.FromInt64(policy.Priority)),
        ("apply-to", ArgumentValue.FromString(policy.ApplyTo.Word())));

    // With the widths of the plug-in, however they were set.
    private static ArgumentTable Plain(ArgumentTable definition)
    {
        var plain = new ArgumentTable.Builder();
        foreach (var (key, value) in definition)
            plain.Add(key, value.TryGetInt64(out var number) ? ArgumentValue.FromInt64(number) : value);
        return plain.Build();
    }

    private static EventHeaders Parameter(string virtualHost, string component, string name, ArgumentTable? value, Origin origin)
    {
        var headers = Place(name, virtualHost).Add("component", component);
        if (value is not null)
            headers.Add("value", value);
        return By(headers, origin.User);
    }
}
