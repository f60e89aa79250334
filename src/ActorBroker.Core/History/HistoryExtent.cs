namespace ActorBroker.Core.History;

/// <summary>What a queue keeps that can be read by position.</summary>
/// <param name="First">The oldest position that may still hold a message.</param>
/// <param name="End">The position behind the newest message that is safe; the next ones come there or later.</param>
public readonly record struct HistoryExtent(long First, long End);
