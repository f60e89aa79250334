using ActorBroker.Core.Names;

namespace ActorBroker.Core.Exchanges;

/// <summary>
/// What happened to an exchange; what its journal keeps. Only what must outlive a restart is written: nothing of a
/// transient exchange, and no binding to a transient destination.
/// </summary>
/// <param name="Exchange">The exchange; the journal's own id may be a shortened form of it.</param>
public abstract record ExchangeEvent(ExchangeKey Exchange);

/// <summary>The exchange came into being.</summary>
public sealed record ExchangeDeclared(ExchangeKey Exchange, ExchangeDefinition Definition, Origin Origin) : ExchangeEvent(Exchange);

/// <summary>The exchange was deleted, with all that it knew. The same name may be declared again.</summary>
public sealed record ExchangeDeleted(ExchangeKey Exchange, Origin Origin) : ExchangeEvent(Exchange);

/// <summary>A binding was added that was not there.</summary>
/// <param name="Exchange">The source.</param>
/// <param name="Binding">Where it leads.</param>
/// <param name="Durable">Source and destination are durable, and so is the binding.</param>
/// <param name="Origin">Who asked for it.</param>
public sealed record BindingAdded(ExchangeKey Exchange, Binding Binding, bool Durable, Origin Origin) : ExchangeEvent(Exchange);

/// <summary>A binding was removed.</summary>
public sealed record BindingRemoved(ExchangeKey Exchange, Binding Binding, Origin Origin) : ExchangeEvent(Exchange);

/// <summary>All bindings to a destination were removed, because it was deleted.</summary>
public sealed record DestinationUnbound(ExchangeKey Exchange, Destination Destination, Origin Origin) : ExchangeEvent(Exchange);

/// <summary>
/// Another exchange is about to bind this one, or has bound it once: it is told when this exchange is deleted.
/// </summary>
/// <param name="Exchange">The destination of such bindings.</param>
/// <param name="Source">Name of the exchange that the bindings belong to.</param>
/// <param name="Durable">Both are durable.</param>
public sealed record BindingSourceAdded(ExchangeKey Exchange, string Source, bool Durable) : ExchangeEvent(Exchange);

/// <summary>The durable part of an exchange's state, in place of all events before it.</summary>
/// <param name="Exchange">The exchange.</param>
/// <param name="Definition">Null when it does not exist (was deleted).</param>
/// <param name="Bindings">The durable bindings.</param>
/// <param name="Sources">Durable exchanges that bind this one, or have done so.</param>
public sealed record ExchangeSnapshot(
    ExchangeKey Exchange, ExchangeDefinition? Definition, IReadOnlyList<Binding> Bindings, IReadOnlyList<string> Sources);
