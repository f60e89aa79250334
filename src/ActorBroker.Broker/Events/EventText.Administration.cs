using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;

namespace ActorBroker.Broker.Events;

/// <content>Limits of virtual hosts, and policies.</content>
internal sealed partial class EventText
{
    private const string LimitsName = "limits";

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
