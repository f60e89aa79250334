namespace ActorBroker.Contracts;

/// <summary>
/// What reading the journal gives in the place of an event or snapshot that cannot be read. Never written. An entity that
/// is offered one knows that it does not know its own state.
/// </summary>
/// <param name="Manifest">Name and version of its form.</param>
/// <param name="Reason">What is wrong with it, for the log.</param>
public sealed record UnreadableEvent(string Manifest, string Reason);

/// <summary>
/// A readable snapshot that is not the newest, because newer ones are unreadable; events that those made superfluous may
/// be gone. Never written.
/// </summary>
/// <param name="Snapshot">The newest one that is readable.</param>
public sealed record OlderSnapshot(object Snapshot);

/// <summary>
/// Stands in the journal where an event was that could not be read, or is missing: someone repaired the journal, and the
/// entity goes on without it.
/// </summary>
/// <param name="Manifest">Of the event that was there; empty if there was none.</param>
/// <param name="Reason">What was wrong with it.</param>
public sealed record EventSetAside(string Manifest, string Reason) : IJournalEvent;
