namespace ActorBroker.Connections.Sessions;

/// <summary>Where one message goes.</summary>
/// <param name="All">The queues, and the histories that get a copy.</param>
/// <param name="IsRouted">A queue takes it: a history alone is no route.</param>
/// <param name="IsRemembered">A history gets a copy.</param>
internal readonly record struct MessageLinks(QueueLink[] All, bool IsRouted, bool IsRemembered);
