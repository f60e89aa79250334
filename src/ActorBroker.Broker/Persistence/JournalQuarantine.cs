using Akka.Actor;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// Keeps what cannot be read: a copy of the row goes into a table of the same database, where nothing deletes it. And
/// knows what else may be read of it.
/// </summary>
public abstract class JournalQuarantine
{
    /// <summary>The table and its database, for the log.</summary>
    public abstract string Place { get; }

    /// <summary>Reads events one by one, where the database cannot read several at once; null where that does not help.</summary>
    public abstract IEventReader? OneByOne { get; }

    /// <summary>That of an entity, by its whole id; null when the actor system keeps entities elsewhere than in <see cref="JournalStores"/>.</summary>
    public static JournalQuarantine? Of(ActorSystem system, string persistenceId) => JournalPlugins.Of(system)?.StoreOf(persistenceId).Quarantine;

    /// <summary>The database is damaged where it was read: reading it again will not help.</summary>
    public abstract bool IsDamage(Exception? failure);

    /// <summary>Number of the newest snapshot up to <paramref name="last"/>, readable or not; 0 when there is none.</summary>
    public abstract long NewestSnapshot(string persistenceId, long last);

    /// <summary>Copies an event's row, or what can be read of it, if it is there and was not copied before.</summary>
    /// <param name="persistenceId">The entity's.</param>
    /// <param name="sequenceNr">The event's.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="now">When.</param>
    public abstract Task KeepEventAsync(string persistenceId, long sequenceNr, string reason, DateTimeOffset now);

    /// <summary>Copies a snapshot's row, if it is there and was not copied before.</summary>
    /// <param name="persistenceId">The entity's.</param>
    /// <param name="sequenceNr">The snapshot's.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="now">When.</param>
    public abstract Task KeepSnapshotAsync(string persistenceId, long sequenceNr, string reason, DateTimeOffset now);
}
