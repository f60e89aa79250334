namespace ActorBroker.Broker.Persistence;

/// <summary>Reads events of an entity back, outside its actor and beside its recovery.</summary>
public interface IEventReader
{
    /// <summary>The events that the journal holds of a range, by ascending sequence number; those that are deleted are left out.</summary>
    /// <param name="persistenceId">The entity's.</param>
    /// <param name="firstSequenceNr">The lowest wanted.</param>
    /// <param name="lastSequenceNr">The highest wanted.</param>
    IAsyncEnumerable<StoredEvent> ReadAsync(string persistenceId, long firstSequenceNr, long lastSequenceNr);
}

/// <summary>An event as it was read back.</summary>
/// <param name="SequenceNr">Its number among the entity's events.</param>
/// <param name="Event">What was persisted, or an <see cref="Contracts.UnreadableEvent"/>.</param>
public readonly record struct StoredEvent(long SequenceNr, object Event);
