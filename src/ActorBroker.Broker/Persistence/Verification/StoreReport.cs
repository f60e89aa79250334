using System.Globalization;
using ActorBroker.Core.Names;

namespace ActorBroker.Broker.Persistence.Verification;

/// <summary>What kind of thing is wrong with a store.</summary>
public enum StoreFindingKind
{
    /// <summary>SQLite itself cannot read a part of the file.</summary>
    File,

    /// <summary>Messages of a queue cannot be read: the queue goes on without them.</summary>
    DamagedMessages,

    /// <summary>An event cannot be read that says what an entity is: the entity is not served.</summary>
    UnreadableEvent,

    /// <summary>A snapshot cannot be read: an older one, or all events, take its place.</summary>
    UnreadableSnapshot,

    /// <summary>Events are not there between others. No damage by itself: a write that was refused leaves its number out.</summary>
    MissingEvents,

    /// <summary>An entity of which neither a snapshot nor its first events are there: it is not served.</summary>
    NoBeginning,

    /// <summary>The catalogue names a queue or exchange of which the journal knows nothing, as a kill can leave it. No damage: the broker takes the name out.</summary>
    NameWithoutEntity,

    /// <summary>
    /// The journal has a durable queue or exchange that no catalogue names, as a catalogue leaves it of which something
    /// was set aside. Nothing is routed to it until a repair has named it again.
    /// </summary>
    EntityWithoutName,
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="PersistenceId">The entity, or null for the file.</param>
/// <param name="SequenceNr">The event or snapshot, or null where it is none.</param>
/// <param name="Text">What is wrong, in words.</param>
/// <param name="LostMessages">Messages that go with it, as far as is known.</param>
public sealed record StoreFinding(StoreFindingKind Kind, string? PersistenceId, long? SequenceNr, string Text, long LostMessages = 0)
{
    /// <summary>What it is, where the catalogue does not name it.</summary>
    public UnnamedEntity? Unnamed { get; init; }

    /// <summary>Where, in words: the entity, and the event or snapshot if it is about one.</summary>
    public string Place => PersistenceId is null ? "file"
        : SequenceNr is { } number ? string.Create(CultureInfo.InvariantCulture, $"{PersistenceId} {number}")
        : PersistenceId;

    /// <summary>Something that was written is lost or cannot be used.</summary>
    public bool IsDamage => Kind is not (StoreFindingKind.MissingEvents or StoreFindingKind.NameWithoutEntity or StoreFindingKind.EntityWithoutName);
}

/// <summary>A durable queue or exchange that the catalogue of its virtual host does not name.</summary>
public sealed record UnnamedEntity(string VirtualHost, Destination Name)
{
    /// <summary>For reports.</summary>
    public override string ToString() => Name.Kind == DestinationKind.Queue
        ? new QueueKey(VirtualHost, Name.Name).ToString()
        : new ExchangeKey(VirtualHost, Name.Name).ToString();
}

/// <summary>What a store holds, and what is wrong with it.</summary>
/// <param name="File">Path of the journal.</param>
/// <param name="Format">Version of the data folder's format.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Events">Events that were read.</param>
/// <param name="Snapshots">Snapshots that were read.</param>
/// <param name="Entities">Entities that have either.</param>
/// <param name="InQuarantine">Rows that are kept in quarantine.</param>
/// <param name="Findings">What is wrong, by entity.</param>
public sealed record StoreReport(
    string File, int Format, long Bytes, long Events, long Snapshots, long Entities, long InQuarantine, IReadOnlyList<StoreFinding> Findings)
{
    /// <summary>Something that was written is lost or cannot be used.</summary>
    public bool IsDamaged => Findings.Any(static finding => finding.IsDamage);
}
