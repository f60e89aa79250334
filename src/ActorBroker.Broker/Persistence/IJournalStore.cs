using LinqToDB;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// One database with a journal and snapshots, whose tables are there: ready before the actor system starts, and disposed
/// of after it has ended.
/// </summary>
internal interface IJournalStore : IAsyncDisposable
{
    /// <summary>Name of the settings in hocon/journals that its plug-ins have.</summary>
    string Kind { get; }

    /// <summary>How Akka.Persistence.Sql connects.</summary>
    DataOptions Connections { get; }

    /// <summary>Keeps what cannot be read.</summary>
    JournalQuarantine Quarantine { get; }

    /// <summary>The events of a range that are there and not deleted, by ascending number.</summary>
    Task<List<EventRow>> ReadEventsAsync(string persistenceId, long firstSequenceNr, long lastSequenceNr);

    /// <summary>Reads, and waits for a database that is not there if it may come back.</summary>
    /// <param name="read">Reads; called again when it fails for such a reason.</param>
    Task<T> ReadAsync<T>(Func<Task<T>> read);
}
