using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Broker.Catalogue;

// Policies, the type of queues that are declared without one, and whether messages are traced.
public sealed partial class CatalogueActor
{
    private VirtualHostPolicies _policies = VirtualHostPolicies.Empty;

    private void DecidePolicy(CatalogueRequest request, PolicyCommand command, List<CatalogueEvent> events)
    {
        var (refusal, change) = command switch
        {
            SetPolicy set => Decide(set),
            ClearPolicy clear => Decide(clear),
            SetDefaultQueueType set when set.Type != _policies.DefaultQueueType => (null, new DefaultQueueTypeSet(_virtualHost, set.Type, set.Origin)),
            SetTracing set when set.IsOn != _policies.IsTraced => (null, new TracingSet(_virtualHost, set.IsOn, set.Origin)),
            _ => (null, null),
        };
        request.Refusal = refusal;
        if (change is null)
            return;
        Apply(change);
        events.Add(change);
    }

    private (Refusal? Refusal, CatalogueEvent? Event) Decide(SetPolicy set)
    {
        if (PolicyCheck.Check(set.Policy) is { } refusal)
            return (refusal, null);
        if (set.Policy == _policies.Find(set.Policy.Name, set.Policy.IsOperator))
            return (null, null);
        return _policies.With(set.Policy).SizeBytes <= VirtualHostPolicies.SizeBytesMax
            ? (null, new PolicySet(_virtualHost, set.Policy, set.Origin))
            : (new Refusal(
                RefusalReason.PreconditionFailed,
                $"the policies of vhost '{_virtualHost}' must not exceed {VirtualHostPolicies.SizeBytesMax} bytes"), null);
    }

    private (Refusal? Refusal, CatalogueEvent? Event) Decide(ClearPolicy clear) =>
        _policies.Find(clear.Name, clear.IsOperator) is null
            ? (new Refusal(RefusalReason.NotFound, $"no {(clear.IsOperator ? "operator policy" : "policy")} '{clear.Name}' in vhost '{_virtualHost}'"), null)
            : (null, new PolicyCleared(_virtualHost, clear.Name, clear.IsOperator, clear.Origin));

    private void Apply(CatalogueEvent change) => _policies = change switch
    {
        PolicySet set => _policies.With(set.Policy),
        PolicyCleared cleared => _policies.Without(cleared.Name, cleared.IsOperator),
        DefaultQueueTypeSet set => _policies.WithDefaultQueueType(set.Type),
        TracingSet set => _policies.WithTracing(set.IsOn),
        _ => _policies,
    };
}
