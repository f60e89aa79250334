using System.Diagnostics;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Access;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;

namespace ActorBroker.Broker.Audit;

/// <content>Users, virtual hosts, permissions, limits and policies. Of passwords only that they have changed.</content>
internal sealed partial class AuditRecords
{
    private static AuditRecord OfAccess(AccessEvent change) => change switch
    {
        UserCreated created => OfUser("created", created.User, created, ("tags", TextsOf(created.User.Tags))),
        UserChanged changed => OfUser(
            "changed", changed.User, changed,
            ("tags", TextsOf(changed.User.Tags)), ("password_changed", ArgumentValue.FromBoolean(changed.HasPasswordChanged))),
        UserDeleted deleted => new AuditRecord("user", "deleted", null, deleted.User, deleted.Origin, ArgumentTable.Empty),
        VirtualHostCreated created => OfVirtualHost("created", created.Name, created, DetailsOf(created.Metadata)),
        VirtualHostDescribed described => OfVirtualHost("changed", described.Name, described, DetailsOf(described.Metadata)),
        VirtualHostClosed closed => OfVirtualHost("closed", closed.Name, closed, ArgumentTable.Empty),
        VirtualHostDeleted deleted => OfVirtualHost("deleted", deleted.Name, deleted, ArgumentTable.Empty),
        VirtualHostLimited limited => OfVirtualHost(
            "limited", limited.VirtualHost, limited, ArgumentTable.Of(("max-connections", NumberOf(limited.ConnectionsMax)))),
        UserLimited limited => new AuditRecord("user", "limited", null, limited.User, limited.Origin, ArgumentTable.Of(
            ("max-connections", NumberOf(limited.Limits.ConnectionsMax)), ("max-channels", NumberOf(limited.Limits.ChannelsMax)))),
        PermissionGranted granted => new AuditRecord("permission", "granted", granted.VirtualHost, granted.User, granted.Origin, ArgumentTable.Of(
            ("configure", ArgumentValue.FromString(granted.Permission.Configure)),
            ("write", ArgumentValue.FromString(granted.Permission.Write)),
            ("read", ArgumentValue.FromString(granted.Permission.Read)))),
        PermissionCleared cleared => new AuditRecord("permission", "cleared", cleared.VirtualHost, cleared.User, cleared.Origin, ArgumentTable.Empty),
        TopicPermissionGranted granted => new AuditRecord("topic_permission", "granted", granted.VirtualHost, granted.User, granted.Origin, ArgumentTable.Of(
            ("exchange", ArgumentValue.FromString(granted.Exchange)),
            ("write", ArgumentValue.FromString(granted.Permission.Write)),
            ("read", ArgumentValue.FromString(granted.Permission.Read)))),
        TopicPermissionCleared cleared => new AuditRecord(
            "topic_permission", "cleared", cleared.VirtualHost, cleared.User, cleared.Origin,
            cleared.Exchange is { } exchange ? ArgumentTable.Of(("exchange", ArgumentValue.FromString(exchange))) : ArgumentTable.Empty),
        GlobalParameterSet { Value: { } value } set => new AuditRecord(
            "global_parameter", "set", null, set.Name, set.Origin, ArgumentTable.Of(("value", ArgumentValue.FromString(value)))),
        GlobalParameterSet cleared => new AuditRecord("global_parameter", "cleared", null, cleared.Name, cleared.Origin, ArgumentTable.Empty),
        _ => throw new UnreachableException($"{change.GetType()} is no change of access."),
    };

    private static AuditRecord? OfVirtualHost(CatalogueEvent change) => change switch
    {
        PolicySet set => new AuditRecord(KindOf(set.Policy.IsOperator), "set", set.VirtualHost, set.Policy.Name, set.Origin, DetailsOf(set.Policy)),
        PolicyCleared cleared => new AuditRecord(KindOf(cleared.IsOperator), "cleared", cleared.VirtualHost, cleared.Name, cleared.Origin, ArgumentTable.Empty),
        DefaultQueueTypeSet set => new AuditRecord(
            "vhost", "changed", set.VirtualHost, set.VirtualHost, set.Origin,
            ArgumentTable.Of(("default_queue_type", ArgumentValue.FromString(set.Type?.Word() ?? string.Empty)))),
        TracingSet set => new AuditRecord(
            "vhost", "changed", set.VirtualHost, set.VirtualHost, set.Origin, ArgumentTable.Of(("tracing", ArgumentValue.FromBoolean(set.IsOn)))),
        QueueLimitSet set => new AuditRecord(
            "vhost", "limited", set.VirtualHost, set.VirtualHost, set.Origin, ArgumentTable.Of(("max-queues", NumberOf(set.QueuesMax)))),
        _ => null,
    };

    private static string KindOf(bool isOperator) => isOperator ? "operator_policy" : "policy";

    private static AuditRecord OfUser(string action, User user, AccessEvent change, params ReadOnlySpan<(string, ArgumentValue)> details) =>
        new("user", action, null, user.Name, change.Origin, ArgumentTable.Of(details));

    private static AuditRecord OfVirtualHost(string action, string name, AccessEvent change, ArgumentTable details) =>
        new("vhost", action, name, name, change.Origin, details);

    private static ArgumentTable DetailsOf(VirtualHostMetadata metadata)
    {
        var details = new ArgumentTable.Builder()
            .Add("description", ArgumentValue.FromString(metadata.Description))
            .Add("tags", TextsOf(metadata.Tags))
            .Add("default_queue_type", ArgumentValue.FromString(metadata.DefaultQueueType?.Word() ?? string.Empty));
        return metadata.Journal is { } journal ? details.Add("journal", ArgumentValue.FromString(journal)).Build() : details.Build();
    }

    private static ArgumentTable DetailsOf(Policy policy) => ArgumentTable.Of(
        ("pattern", ArgumentValue.FromString(policy.Pattern)),
        ("apply-to", ArgumentValue.FromString(policy.ApplyTo.Word())),
        ("priority", ArgumentValue.FromInt64(policy.Priority)),
        ("definition", ArgumentValue.FromTable(policy.Definition)));

    private static ArgumentValue TextsOf(IEnumerable<string> texts) =>
        ArgumentValue.FromArray([.. texts.Select(static text => ArgumentValue.FromString(text))]);

    private static ArgumentValue NumberOf(long? value) => value is { } number ? ArgumentValue.FromInt64(number) : ArgumentValue.Void;
}
