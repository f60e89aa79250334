using Akka.Actor;

namespace ActorBroker.Broker.Clustering;

/// <summary>What another node has told of its <see cref="ClusterTerms"/>.</summary>
/// <param name="Node">Its address.</param>
/// <param name="Terms">As its roles say it; there may be others among them.</param>
/// <param name="IsMember">It has a cluster.</param>
public sealed record ToldTerms(Address Node, IReadOnlyCollection<string> Terms, bool IsMember);
