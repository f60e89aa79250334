using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;

namespace ActorBroker.Contracts.Catalogue;

/// <summary>
/// What the catalogue's journal keeps. Only durable names; who asked and why is in the events of the queue or exchange.
/// </summary>
public abstract record CatalogueEvent(string VirtualHost) : IJournalEvent;

/// <summary>
/// Names were registered and unregistered, in this order; all that one write gathered. Durable names only, except that
/// the removal of a name does not look at how it was registered.
/// </summary>
public sealed record NamesRecorded(string VirtualHost, IReadOnlyList<NameChange> Changes) : CatalogueEvent(VirtualHost);

/// <summary>A policy was set, in place of the one of the same name.</summary>
public sealed record PolicySet(string VirtualHost, Policy Policy, Origin Origin) : CatalogueEvent(VirtualHost);

/// <summary>A policy was taken away.</summary>
public sealed record PolicyCleared(string VirtualHost, string Name, bool IsOperator, Origin Origin) : CatalogueEvent(VirtualHost);

/// <summary>Queues that are declared without a type have this one from here on; null for the broker's default.</summary>
public sealed record DefaultQueueTypeSet(string VirtualHost, QueueType? Type, Origin Origin) : CatalogueEvent(VirtualHost);

/// <summary>There may be so many queues from here on; null for no limit.</summary>
public sealed record QueueLimitSet(string VirtualHost, long? QueuesMax, Origin Origin) : CatalogueEvent(VirtualHost);

/// <summary>All durable names, all policies and the limit of queues, in place of all events before.</summary>
public sealed record CatalogueSnapshot(
    string VirtualHost, IReadOnlyList<CatalogueName> Names, VirtualHostPolicies Policies, long? QueuesMax = null) : IJournalEvent;
