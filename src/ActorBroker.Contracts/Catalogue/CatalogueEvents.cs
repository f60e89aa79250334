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

/// <summary>All durable names, in place of all events before.</summary>
public sealed record CatalogueSnapshot(string VirtualHost, IReadOnlyList<CatalogueName> Names) : IJournalEvent;
