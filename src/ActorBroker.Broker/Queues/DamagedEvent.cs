using System.Globalization;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;

namespace ActorBroker.Broker.Queues;

/// <summary>An event of a queue's journal that cannot be read as it was written.</summary>
/// <param name="SequenceNr">The event's.</param>
/// <param name="Reason">What is wrong with it; null where it was repaired, so that its bytes are elsewhere already.</param>
/// <param name="Lost">Positions of the messages that it held and that cannot be read; empty if that is not known.</param>
public sealed record DamagedEvent(long SequenceNr, string? Reason, PositionRange[] Lost)
{
    /// <summary>What is damaged of an event; null when nothing is.</summary>
    public static DamagedEvent? Of(object journalEvent, long sequenceNr) => journalEvent switch
    {
        MessagesWritten { Damage: null, Lost.Length: 0 } => null,
        MessagesWritten written => new DamagedEvent(sequenceNr, written.Damage, written.Lost),
        UnreadableEvent unreadable => new DamagedEvent(sequenceNr, unreadable.Reason, []),
        EventSetAside => new DamagedEvent(sequenceNr, Reason: null, []),
        _ => null,
    };

    /// <summary>For the log: <c>event 7 with positions 100 to 163 (why)</c>.</summary>
    public override string ToString()
    {
        var positions = string.Join(", ", Lost.Select(
            static range => string.Create(CultureInfo.InvariantCulture, $"{range.First} to {range.End - 1}")));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"event {SequenceNr}{(positions.Length == 0 ? "" : $" with positions {positions}")} ({Reason ?? "repaired"})");
    }
}
