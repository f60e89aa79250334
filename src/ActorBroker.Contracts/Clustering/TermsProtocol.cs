namespace ActorBroker.Contracts.Clustering;

/// <summary>From a node that is about to begin a cluster to one that may, too. Answered by <see cref="TermsTold"/>.</summary>
public sealed record AskTerms : IBrokerMessage;

/// <summary>What a node must have as all others of its cluster have it.</summary>
/// <param name="Terms">As it tells them by its roles.</param>
/// <param name="IsMember">It has a cluster.</param>
public sealed record TermsTold(IReadOnlyList<string> Terms, bool IsMember) : IBrokerMessage;
