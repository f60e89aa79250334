using System.Runtime.Serialization;
using ActorBroker.Contracts.Serialization.Formats;
using Akka.Actor;

namespace ActorBroker.Contracts.Serialization;

/// <summary>
/// Writes every <see cref="IJournalEvent"/>: events and snapshots. Reading never fails, so that one damaged event stops
/// neither a recovery nor a read of the events beside it: what cannot be read is an <see cref="UnreadableEvent"/>, or a
/// <see cref="Queues.MessagesWritten"/> that says what it lacks.
/// </summary>
public sealed class JournalEventSerializer(ExtendedActorSystem system) : FormatTableSerializer(system, Table)
{
    /// <summary>Kept in every row of the journal: never changes.</summary>
    public const int Number = 7102;

    private static readonly FormatTable Table = Formats();

    /// <inheritdoc/>
    public override int Identifier => Number;

    /// <summary>The written form of an event, for whoever works on a journal without an actor system.</summary>
    public static (byte[] Bytes, string Manifest) Write(IJournalEvent journalEvent) => (Table.Write(journalEvent), Table.ManifestOf(journalEvent));

    /// <summary>Reads an event or snapshot as <see cref="FromBinary"/> does; owns the array from here on.</summary>
    public static object Read(byte[] bytes, string manifest)
    {
        try
        {
            return Table.Read(bytes, manifest);
        }
        catch (SerializationException failure)
        {
            return new UnreadableEvent(manifest, failure.Message);
        }
    }

    /// <summary>
    /// What is left of an event of which some bytes could not be read, and are zero; which form it has is not known either.
    /// Owns the array from here on.
    /// </summary>
    /// <returns>A <see cref="Queues.MessagesWritten"/> that says what it lacks, or an <see cref="UnreadableEvent"/>.</returns>
    public static object Salvage(byte[] bytes, string damage)
    {
        try
        {
            return MessagesWrittenCodec.IsOne(bytes) ? MessagesWrittenCodec.Salvage(bytes, damage) : new UnreadableEvent(string.Empty, damage);
        }
        catch (NewerFormException newer)
        {
            return new UnreadableEvent(string.Empty, newer.Message);
        }
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return Read(bytes, manifest);
    }

    private static FormatTable Formats()
    {
        var formats = new FormatTable(isChecked: true);
        formats.AddProto(
            "je-aside1", Proto.EventSetAside.Parser,
            (EventSetAside e) => new Proto.EventSetAside { Manifest = e.Manifest, Reason = e.Reason },
            p => new EventSetAside(p.Manifest, p.Reason));
        QueueEventFormats.AddTo(formats);
        ExchangeFormats.AddEventsTo(formats);
        CatalogueFormats.AddEventsTo(formats);
        PolicyFormats.AddEventsTo(formats);
        LimitFormats.AddEventsTo(formats);
        ParameterFormats.AddEventsTo(formats);
        TransactionFormats.AddEventsTo(formats);
        AccessChangeFormats.AddEventsTo(formats);
        AccessFormats.AddEventsTo(formats);
        return formats;
    }
}
