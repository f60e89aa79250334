using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>The Protobuf forms of policies. Reading throws <see cref="InvalidDataException"/> where a part cannot be.</summary>
internal static class PolicyForms
{
    public static Proto.Policy ToForm(this Policy policy) => new()
    {
        Name = policy.Name,
        IsOperator = policy.IsOperator,
        Pattern = policy.Pattern,
        ApplyTo = (uint)policy.ApplyTo,
        Priority = policy.Priority,
        Definition = policy.Definition.ToForm(),
    };

    public static Policy ToPolicy(this Proto.Policy? form)
    {
        if (form is null || form.ApplyTo > (uint)PolicyTarget.Exchanges)
        {
            throw new InvalidDataException("A policy is missing, or applies to what there is not.");
        }

        return new Policy(
            form.Name, form.IsOperator, form.Pattern, (PolicyTarget)form.ApplyTo, form.Priority, form.Definition.ToArguments());
    }

    public static Proto.VirtualHostPolicies ToForm(this VirtualHostPolicies policies)
    {
        var form = new Proto.VirtualHostPolicies { Policies = { policies.Policies.Select(ToForm) }, IsTraced = policies.IsTraced };
        if (policies.DefaultQueueType is { } type)
        {
            form.DefaultQueueType = (uint)type;
        }

        return form;
    }

    /// <summary>An absent part is no policies.</summary>
    public static VirtualHostPolicies ToPolicies(this Proto.VirtualHostPolicies? form) =>
        form is null
            ? VirtualHostPolicies.Empty
            : new VirtualHostPolicies(
                form.HasDefaultQueueType ? ToQueueType(form.DefaultQueueType) : null, [.. form.Policies.Select(ToPolicy)], form.IsTraced);

    public static QueueType ToQueueType(uint number) =>
        number <= (uint)QueueType.Stream ? (QueueType)number : throw new InvalidDataException($"{number} is no type of queue.");

    public static Proto.EffectivePolicy ToForm(this EffectivePolicy policy) => new()
    {
        Policy = ToForm(policy.Policy),
        OperatorPolicy = ToForm(policy.OperatorPolicy),
    };

    /// <summary>An absent part is no policy.</summary>
    public static EffectivePolicy ToEffectivePolicy(this Proto.EffectivePolicy? form) =>
        form is null or { Policy: null, OperatorPolicy: null }
            ? EffectivePolicy.None
            : new EffectivePolicy(ToApplied(form.Policy), ToApplied(form.OperatorPolicy));

    private static Proto.AppliedPolicy? ToForm(AppliedPolicy? policy) =>
        policy is null ? null : new Proto.AppliedPolicy { Name = policy.Name, Definition = policy.Definition.ToForm() };

    private static AppliedPolicy? ToApplied(Proto.AppliedPolicy? form) =>
        form is null ? null : new AppliedPolicy(form.Name, form.Definition.ToArguments());
}
