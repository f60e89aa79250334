using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Catalogue;

/// <summary>A change of what a virtual host's catalogue keeps besides names. Answered by <see cref="PolicyAnswered"/>.</summary>
public abstract record PolicyCommand(string VirtualHost, string RequestId, Origin Origin) : CatalogueCommand(VirtualHost);

/// <summary>Sets a policy, in place of the one of the same name. Answered once it is in force on every node.</summary>
public sealed record SetPolicy(string VirtualHost, string RequestId, Policy Policy, Origin Origin)
    : PolicyCommand(VirtualHost, RequestId, Origin);

/// <summary>Takes a policy away. Answered once it is out of force on every node; not found when there is none.</summary>
public sealed record ClearPolicy(string VirtualHost, string RequestId, string Name, bool IsOperator, Origin Origin)
    : PolicyCommand(VirtualHost, RequestId, Origin);

/// <summary>Sets the type of queues that are declared without one; null for the broker's default.</summary>
public sealed record SetDefaultQueueType(string VirtualHost, string RequestId, QueueType? Type, Origin Origin)
    : PolicyCommand(VirtualHost, RequestId, Origin);

/// <summary>Turns the tracing of all messages on or off. Answered once every node does so.</summary>
public sealed record SetTracing(string VirtualHost, string RequestId, bool IsOn, Origin Origin)
    : PolicyCommand(VirtualHost, RequestId, Origin);

/// <summary>
/// Limits the number of queues, null for no limit: one more is refused its name. Those that are there stay, and the
/// broker's own stages do not count.
/// </summary>
public sealed record SetQueueLimit(string VirtualHost, string RequestId, long? QueuesMax, Origin Origin)
    : PolicyCommand(VirtualHost, RequestId, Origin);

/// <summary>The answer to a <see cref="PolicyCommand"/>: done when <paramref name="Refusal"/> is null.</summary>
public sealed record PolicyAnswered(string RequestId, Refusal? Refusal) : IBrokerMessage;

/// <summary>All policies of a virtual host. Answered by <see cref="PoliciesListed"/>.</summary>
public sealed record ListPolicies(string VirtualHost, string RequestId) : CatalogueCommand(VirtualHost);

/// <summary>The answer to <see cref="ListPolicies"/>.</summary>
/// <param name="RequestId">As asked.</param>
/// <param name="VirtualHost">As asked.</param>
/// <param name="Policies">All policies.</param>
/// <param name="QueuesMax">Most queues; null for no limit.</param>
public sealed record PoliciesListed(string RequestId, string VirtualHost, VirtualHostPolicies Policies, long? QueuesMax = null) : IBrokerMessage;

/// <summary>
/// To the nodes that follow the names: the policies are these from now on. Counts as a change of names: it is of the
/// next version, and answered by <see cref="NamesApplied"/> once the node's queues have been told.
/// </summary>
public sealed record PoliciesChanged(string VirtualHost, long Version, VirtualHostPolicies Policies) : IBrokerMessage;
