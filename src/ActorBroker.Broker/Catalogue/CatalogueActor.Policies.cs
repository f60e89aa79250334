using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Events;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Broker.Catalogue;

// Policies, the limit of queues, the type of queues that are declared without one, and whether messages are traced.
public sealed partial class CatalogueActor
{
    private VirtualHostPolicies _policies = VirtualHostPolicies.Empty;

    private long? _queuesMax;

    // A queue whose name is there already is being declared again, or was not told in time that it is registered.
    private Refusal? CheckQueueLimit(CatalogueCommand command) =>
        command is RegisterName register
        && new Destination(register.Kind, register.Name) is var name
        && CatalogueState.IsCounted(name)
        && _state.QueueCount >= _queuesMax
        && !_state.TryGet(name, out _)
            ? new Refusal(
                RefusalReason.PreconditionFailed,
                $"cannot declare queue '{register.Name}': queue limit in vhost '{_virtualHost}' ({_queuesMax}) is reached")
            : null;

    private void DecidePolicy(CatalogueRequest request, PolicyCommand command, List<CatalogueEvent> events)
    {
        var (refusal, change) = command switch
        {
            SetPolicy set => Decide(set),
            ClearPolicy clear => Decide(clear),
            SetDefaultQueueType set when set.Type != _policies.DefaultQueueType => (null, new DefaultQueueTypeSet(_virtualHost, set.Type, set.Origin)),
            SetTracing set when set.IsOn != _policies.IsTraced => (null, new TracingSet(_virtualHost, set.IsOn, set.Origin)),
            SetQueueLimit { QueuesMax: < 0 } => (new Refusal(RefusalReason.PreconditionFailed, "a limit must not be negative"), null),
            SetQueueLimit set when set.QueuesMax != _queuesMax => (null, new QueueLimitSet(_virtualHost, set.QueuesMax, set.Origin)),
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

    private static void TellWatchers(CatalogueEvent change)
    {
        // Queues and exchanges tell of themselves.
        if (change is not NamesRecorded)
            Context.System.EventStream.Publish(new VirtualHostChanged(change));
    }

    private void Apply(CatalogueEvent change)
    {
        if (change is QueueLimitSet limit)
            _queuesMax = limit.QueuesMax;
        _policies = change switch
        {
            PolicySet set => _policies.With(set.Policy),
            PolicyCleared cleared => _policies.Without(cleared.Name, cleared.IsOperator),
            DefaultQueueTypeSet set => _policies.WithDefaultQueueType(set.Type),
            TracingSet set => _policies.WithTracing(set.IsOn),
            _ => _policies,
        };
    }
}
