namespace ActorBroker.Broker.Persistence;

/// <summary>A database that a journal is in.</summary>
/// <param name="Journal">The journal's name, as in <c>actorbroker.journals.NAME</c>; null for the main one.</param>
/// <param name="Place">Which it is, for people; without the password.</param>
/// <param name="Identity">What tells it from any other, however it is named.</param>
public sealed record JournalDatabase(string? Journal, string Place, string Identity);
