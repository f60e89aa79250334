using ActorBroker.Contracts.Catalogue;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>The protocol and journal of policies.</summary>
internal static class PolicyFormats
{
    public static void AddMessagesTo(FormatTable formats)
    {
        AddChanges(formats);
        formats.AddProto(
            "p-answered1", Proto.PolicyAnswered.Parser,
            (PolicyAnswered m) => new Proto.PolicyAnswered { RequestId = m.RequestId, Refusal = m.Refusal.ToForm() },
            p => new PolicyAnswered(p.RequestId, p.Refusal.ToRefusal()));
        formats.AddProto(
            "p-list1", Proto.ListPolicies.Parser,
            (ListPolicies m) => new Proto.ListPolicies { VirtualHost = m.VirtualHost, RequestId = m.RequestId },
            p => new ListPolicies(p.VirtualHost, p.RequestId));
        formats.AddProto(
            "p-listed1", Proto.PoliciesListed.Parser,
            (PoliciesListed m) => WithLimit(
                new Proto.PoliciesListed { RequestId = m.RequestId, VirtualHost = m.VirtualHost, Policies = m.Policies.ToForm() }, m.QueuesMax),
            p => new PoliciesListed(p.RequestId, p.VirtualHost, p.Policies.ToPolicies(), p.HasQueuesMax ? p.QueuesMax : null));
        formats.AddProto(
            "p-changed1", Proto.PoliciesChanged.Parser,
            (PoliciesChanged m) => new Proto.PoliciesChanged { VirtualHost = m.VirtualHost, Version = m.Version, Policies = m.Policies.ToForm() },
            p => new PoliciesChanged(p.VirtualHost, p.Version, p.Policies.ToPolicies()));
    }

    public static void AddEventsTo(FormatTable formats)
    {
        formats.AddProto(
            "ce-policy1", Proto.SetPolicy.Parser,
            (PolicySet e) => new Proto.SetPolicy { VirtualHost = e.VirtualHost, Policy = e.Policy.ToForm(), Origin = e.Origin.ToForm() },
            p => new PolicySet(p.VirtualHost, p.Policy.ToPolicy(), p.Origin.ToOrigin()));
        formats.AddProto(
            "ce-cleared1", Proto.ClearPolicy.Parser,
            (PolicyCleared e) => new Proto.ClearPolicy
            {
                VirtualHost = e.VirtualHost, Name = e.Name, IsOperator = e.IsOperator, Origin = e.Origin.ToForm(),
            },
            p => new PolicyCleared(p.VirtualHost, p.Name, p.IsOperator, p.Origin.ToOrigin()));
        formats.AddProto(
            "ce-default1", Proto.SetDefaultQueueType.Parser,
            (DefaultQueueTypeSet e) => WithType(new Proto.SetDefaultQueueType { VirtualHost = e.VirtualHost, Origin = e.Origin.ToForm() }, e.Type),
            p => new DefaultQueueTypeSet(p.VirtualHost, TypeOf(p), p.Origin.ToOrigin()));
        formats.AddProto(
            "ce-tracing1", Proto.SetTracing.Parser,
            (TracingSet e) => new Proto.SetTracing { VirtualHost = e.VirtualHost, IsOn = e.IsOn, Origin = e.Origin.ToForm() },
            p => new TracingSet(p.VirtualHost, p.IsOn, p.Origin.ToOrigin()));
    }

    private static void AddChanges(FormatTable formats)
    {
        formats.AddProto(
            "p-set1", Proto.SetPolicy.Parser,
            (SetPolicy m) => new Proto.SetPolicy
            {
                VirtualHost = m.VirtualHost, RequestId = m.RequestId, Policy = m.Policy.ToForm(), Origin = m.Origin.ToForm(),
            },
            p => new SetPolicy(p.VirtualHost, p.RequestId, p.Policy.ToPolicy(), p.Origin.ToOrigin()));
        formats.AddProto(
            "p-clear1", Proto.ClearPolicy.Parser,
            (ClearPolicy m) => new Proto.ClearPolicy
            {
                VirtualHost = m.VirtualHost, RequestId = m.RequestId, Name = m.Name, IsOperator = m.IsOperator, Origin = m.Origin.ToForm(),
            },
            p => new ClearPolicy(p.VirtualHost, p.RequestId, p.Name, p.IsOperator, p.Origin.ToOrigin()));
        formats.AddProto(
            "p-default1", Proto.SetDefaultQueueType.Parser,
            (SetDefaultQueueType m) => WithType(
                new Proto.SetDefaultQueueType { VirtualHost = m.VirtualHost, RequestId = m.RequestId, Origin = m.Origin.ToForm() }, m.Type),
            p => new SetDefaultQueueType(p.VirtualHost, p.RequestId, TypeOf(p), p.Origin.ToOrigin()));
        formats.AddProto(
            "p-tracing1", Proto.SetTracing.Parser,
            (SetTracing m) => new Proto.SetTracing { VirtualHost = m.VirtualHost, RequestId = m.RequestId, IsOn = m.IsOn, Origin = m.Origin.ToForm() },
            p => new SetTracing(p.VirtualHost, p.RequestId, p.IsOn, p.Origin.ToOrigin()));
    }

    private static Proto.PoliciesListed WithLimit(Proto.PoliciesListed form, long? queuesMax)
    {
        if (queuesMax is { } most)
        {
            form.QueuesMax = most;
        }

        return form;
    }

    private static Proto.SetDefaultQueueType WithType(Proto.SetDefaultQueueType form, Core.Queues.QueueType? type)
    {
        if (type is { } given)
        {
            form.Type = (uint)given;
        }

        return form;
    }

    private static Core.Queues.QueueType? TypeOf(Proto.SetDefaultQueueType form) => form.HasType ? PolicyForms.ToQueueType(form.Type) : null;
}
