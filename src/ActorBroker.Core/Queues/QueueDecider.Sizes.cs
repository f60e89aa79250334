using System.Globalization;

namespace ActorBroker.Core.Queues;

/// <content>What messages take up, for those who watch.</content>
public sealed partial class QueueDecider
{
    private const string Timestamp = "timestamp";

    /// <inheritdoc/>
    public QueueSizes MeasureSizes()
    {
        if (_ready.IsEmpty && UnsettledCount == 0 && DyingCount == 0)
        {
            return QueueSizes.None;
        }

        var look = new SizeLook(_log, _volatile);
        var ready = look.Look(_ready.Sets, _ready.Count);
        var held = look.Look(_roster.All.Select(static consumer => consumer.Unsettled), UnsettledCount);
        var other = look.AverageOfOthers();
        var (ofReady, ofHeld) = (PersistentOf(ready, other), PersistentOf(held, other));
        var pagedOut = PagedOutOf(ready) + PagedOutOf(held);
        return new QueueSizes
        {
            ReadyBytes = ready.SeenBytes + (long)(other * (ready.Count - ready.Seen)),
            UnsettledBytes = held.SeenBytes + (long)(other * (held.Count - held.Seen)),
            ReadyInMemory = ready.InMemory,
            UnsettledInMemory = held.InMemory,
            BytesInMemory = ready.SeenBytes + held.SeenBytes + (long)(other * (ready.InMemory - ready.Seen + held.InMemory - held.Seen)),
            Persistent = ofReady.Count + ofHeld.Count,
            PersistentBytes = ofReady.Bytes + ofHeld.Bytes,
            PagedOut = pagedOut,
            PagedOutBytes = (long)(other * pagedOut),
            Dying = DyingCount,
            DyingBytes = (long)(other * DyingCount),
            HeadTimestamp = HeadTimestamp(),
        };
    }

    // Where all are, or none is, the flag of the message does not count.
    private (long Count, long Bytes) PersistentOf(SizeLook.Part part, double other)
    {
        if (!IsDurable)
        {
            return default;
        }

        var (count, bytes, unseen) = (part.Seen, part.SeenBytes, part.Count - part.Seen);
        if (!IsQuorum)
        {
            var share = part.Seen > 0 ? (double)part.SeenPersistent / part.Seen : 1;
            (count, bytes) = (part.SeenPersistent, part.SeenPersistentBytes);
            unseen = (long)(share * (part.InMemory - part.Seen)) + part.Elsewhere - part.PagedOut;
        }

        return (count + unseen, bytes + (long)(other * unseen));
    }

    private long PagedOutOf(SizeLook.Part part) => IsDurable ? part.PagedOut : part.Elsewhere;

    // As RabbitMQ's: of what waits and of what is held, the lowest that is in memory.
    private long? HeadTimestamp()
    {
        var (first, firstHeld) = (long.MaxValue, long.MaxValue);
        foreach (var set in _ready.Sets.Where(static set => !set.IsEmpty))
        {
            first = Math.Min(first, set.First.First);
        }

        foreach (var consumer in _roster.All.Where(static consumer => !consumer.Unsettled.IsEmpty))
        {
            firstHeld = Math.Min(firstHeld, consumer.Unsettled.First.First);
        }

        return (TimestampAt(first), TimestampAt(firstHeld)) switch
        {
            ({ } one, { } other) => Math.Min(one, other),
            var (one, other) => one ?? other,
        };
    }

    private long? TimestampAt(long position)
    {
        if (position == long.MaxValue || !_log.TryFind(position, out _, out var placed) || placed?.Batch is not { } batch)
        {
            return null;
        }

        var message = batch[(int)(position - placed.First)];
        var text = Formats.Find(message.Format)?.ReadProperty(message.Properties, Timestamp);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
    }
}
