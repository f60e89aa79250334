namespace ActorBroker.Core.Names;

/// <summary>
/// Who asked for a change of topology, from where and when. Every topology event keeps it, so that the journal is an
/// audit log.
/// </summary>
/// <param name="User">The authenticated user.</param>
/// <param name="Address">The client's address and port as the listener saw it, or the name of the internal cause.</param>
/// <param name="At">When the broker took the request, by its injected clock.</param>
public sealed record Origin(string User, string Address, DateTimeOffset At);
