namespace ActorBroker.Connections.Sessions;

/// <summary>Where one message goes.</summary>
/// <param name="All">The queues, and the histories that get a copy.</param>
/// <param name="IsRouted">A queue takes it: a history alone is no route.</param>
/// <param name="IsRemembered">A history gets a copy.</param>
/// <param name="Random">What exchanges picked by that pick at random.</param>
internal readonly record struct MessageLinks(QueueLink[] All, bool IsRouted, bool IsRemembered, uint Random);
