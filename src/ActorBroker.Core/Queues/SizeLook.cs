using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Log;

namespace ActorBroker.Core.Queues;

/// <summary>
/// One look at the messages of a log that costs at most some ten microseconds, however many there are: so many of those
/// in memory are looked at one by one, the rest is counted by segments and taken to be like the average.
/// </summary>
/// <param name="log">Where the messages are.</param>
/// <param name="transient">Those in the journal that do not outlive a restart.</param>
internal sealed class SizeLook(MessageLog log, PositionSet transient)
{
    private const int MessagesMax = 4_096;
    private const int PiecesMax = 4_096;

    private int _messagesLeft = MessagesMax;
    private int _piecesLeft = PiecesMax;
    private long _seen;
    private long _seenRecordBytes;
    private long _seenBodyBytes;

    /// <summary>What was found of some of the messages.</summary>
    public sealed class Part
    {
        /// <summary>All of them.</summary>
        public long Count { get; set; }

        /// <summary>Those in memory.</summary>
        public long InMemory { get; set; }

        /// <summary>Looked at one by one.</summary>
        public long Seen { get; set; }

        /// <summary>Bodies of those.</summary>
        public long SeenBytes { get; set; }

        /// <summary>Of those, how many outlive a restart.</summary>
        public long SeenPersistent { get; set; }

        /// <summary>Bodies of those.</summary>
        public long SeenPersistentBytes { get; set; }

        /// <summary>In the journal alone, and not to outlive a restart.</summary>
        public long PagedOut { get; set; }

        /// <summary>In the journal alone, or so far back that nobody has looked where it is.</summary>
        public long Elsewhere => Count - InMemory;
    }

    /// <summary>Looks at sets of positions that are in the log, all of which have so many.</summary>
    public Part Look(IEnumerable<PositionSet> sets, long count)
    {
        var part = new Part { Count = count };
        foreach (var set in sets)
        {
            for (var i = 0; i < set.IntervalCount && _piecesLeft > 0; i++)
            {
                Look(set.Interval(i), part);
            }
        }

        return part;
    }

    /// <summary>The average body of messages that were not looked at.</summary>
    public double AverageOfOthers()
    {
        var (messages, recordBytes) = (-_seen, -_seenRecordBytes);
        foreach (var segment in log.Segments)
        {
            messages += segment.Live;
            recordBytes += segment.LiveBytes;
        }

        if (messages <= 0 || recordBytes <= 0)
        {
            return 0;
        }

        var record = (double)recordBytes / messages;
        return _seenRecordBytes > 0 ? record * _seenBodyBytes / _seenRecordBytes : Math.Max(0, record - MessageRecord.HeaderSize);
    }

    private void Look(PositionRange range, Part part)
    {
        for (var index = log.IndexOfSegment(range.First); index < log.Segments.Count && log.Segments[index].First < range.End; index++)
        {
            if (_piecesLeft-- <= 0)
            {
                return;
            }

            var segment = log.Segments[index];
            var first = Math.Max(range.First, segment.First);
            var piece = new PositionRange(first, Math.Min(range.End, segment.End) - first);
            if (segment.Residency != SegmentResidency.Resident)
            {
                part.PagedOut += CountTransient(piece);
                continue;
            }

            part.InMemory += piece.Count;
            LookAtEach(segment, piece, part);
        }
    }

    private void LookAtEach(LogSegment segment, PositionRange piece, Part part)
    {
        var index = segment.IndexOf(piece.First);
        for (index = index < 0 ? ~index : index; index < segment.Batches.Count && segment.Batches[index].First < piece.End; index++)
        {
            var placed = segment.Batches[index];
            if (placed.Batch is not { } batch)
            {
                continue;
            }

            var end = Math.Min(piece.End, placed.End);
            for (var position = Math.Max(piece.First, placed.First); position < end; position++)
            {
                if (_messagesLeft-- <= 0)
                {
                    return;
                }

                See(batch[(int)(position - placed.First)], part);
            }
        }
    }

    private void See(MessageView message, Part part)
    {
        var body = message.BodyLength;
        _seen++;
        _seenRecordBytes += message.RecordLength;
        _seenBodyBytes += body;
        part.Seen++;
        part.SeenBytes += body;
        if (message.IsPersistent)
        {
            part.SeenPersistent++;
            part.SeenPersistentBytes += body;
        }
    }

    private long CountTransient(PositionRange piece)
    {
        var count = 0L;
        foreach (var found in transient.Within(piece))
        {
            if (_piecesLeft-- <= 0)
            {
                break;
            }

            count += found.Count;
        }

        return count;
    }
}
