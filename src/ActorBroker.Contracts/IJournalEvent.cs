namespace ActorBroker.Contracts;

/// <summary>
/// An event or snapshot that the journal keeps. Its written form has a manifest with a version; a form that was ever
/// released stays readable, and only grows.
/// </summary>
public interface IJournalEvent;
