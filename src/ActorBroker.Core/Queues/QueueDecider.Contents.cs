using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Log;

namespace ActorBroker.Core.Queues;

/// <content>Messages that are looked at, taken out or held by their positions, wherever they are in line.</content>
public sealed partial class QueueDecider
{
    // What is left of a segment may be scattered.
    private const int SeenRunsMax = 1_000;

    /// <inheritdoc/>
    public QueueGlance? Look(long from)
    {
        var index = _log.IndexOfSegment(from);
        while (index < _log.Segments.Count && _log.Segments[index].Live == 0)
        {
            index++;
        }

        var end = _log.NextPosition;
        var first = _log.Segments.Count > 0 ? _log.Segments[0].First : end;
        if (index == _log.Segments.Count)
        {
            return new QueueGlance([], [], Unread: null, end, first, end);
        }

        var segment = _log.Segments[index];
        var start = Math.Max(from, segment.First);
        var runs = RunsWithin(new PositionRange(start, segment.End - start));
        var next = segment.End;
        if (runs.Count > SeenRunsMax)
        {
            runs.RemoveRange(SeenRunsMax, runs.Count - SeenRunsMax);
            next = runs[^1].Positions.End;
        }

        return segment.Residency == SegmentResidency.Resident
            ? new QueueGlance(runs, BatchesOf(segment, start, next), Unread: null, next, first, end)
            : new QueueGlance(runs, [], segment.Address, next, first, end);
    }

    /// <inheritdoc/>
    public (long Count, PositionRange[] Journaled) Remove(IReadOnlyList<PositionRange> positions, bool deadLetter)
    {
        ArgumentNullException.ThrowIfNull(positions);
        var removed = new PositionSet();
        foreach (var range in positions)
        {
            RemoveReady(range, removed);
            _delayed.Remove(range, removed);
        }

        var journaled = new PositionSet();
        for (var i = 0; i < removed.IntervalCount; i++)
        {
            if (deadLetter && Settings.DeadLetterExchange is not null)
            {
                Die(removed.Interval(i), DeathReason.Rejected);
            }
            else
            {
                Leave(removed.Interval(i), journaled);
            }
        }

        if (!journaled.IsEmpty)
        {
            _writes.SettleByEvent(journaled);
        }

        ServeNext();
        return (removed.Count, journaled.ToArray());
    }

    /// <inheritdoc/>
    public PositionRange[] Hold(ConsumerKey holder, IReadOnlyList<PositionRange> positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        var held = new PositionSet();
        foreach (var range in positions)
        {
            RemoveReady(range, held);
        }

        for (var i = 0; i < held.IntervalCount; i++)
        {
            var run = held.Interval(i);
            GetterOf(holder).Unsettled.Add(run);
            UnsettledCount += run.Count;

            // Given back, it is marked as it was, whatever is delivered meanwhile.
            foreach (var seen in Alike(run, MessageStanding.Ready).ToArray())
            {
                (seen.Redelivered ? _heldAgain : _undelivered).Add(seen.Positions);
            }
        }

        ServeNext();
        return held.ToArray();
    }

    // What comes next may be in memory where what came before it was not, or may have to be read.
    private void ServeNext()
    {
        AnswerGets();
        Dispatch();
    }

    private List<SeenRun> RunsWithin(PositionRange range)
    {
        var runs = new List<SeenRun>();
        var ready = new PositionSet();
        _ready.AddTo(ready, range);
        AddRuns(runs, ready.Within(range), MessageStanding.Ready);
        AddRuns(runs, _delayed.Within(range), MessageStanding.Delayed);
        foreach (var consumer in _roster.All)
        {
            AddRuns(runs, consumer.Unsettled.Within(range), MessageStanding.Unacknowledged);
        }

        runs.Sort(static (a, b) => a.Positions.First.CompareTo(b.Positions.First));
        return runs;
    }

    private void AddRuns(List<SeenRun> runs, IEnumerable<PositionRange> ranges, MessageStanding standing)
    {
        foreach (var range in ranges)
        {
            runs.AddRange(Alike(range, standing));
        }
    }

    // In parts with the same mark: what is held has been delivered at least now.
    private IEnumerable<SeenRun> Alike(PositionRange range, MessageStanding standing)
    {
        for (var position = range.First; position < range.End;)
        {
            bool redelivered;
            var end = range.End;
            if (standing == MessageStanding.Unacknowledged)
            {
                redelivered = _heldAgain.Contains(position, out var alikeUntil);
                end = Math.Min(end, alikeUntil);
            }
            else if (position >= _deliveredBefore)
            {
                redelivered = false;
            }
            else
            {
                redelivered = !_undelivered.Contains(position, out var alikeUntil);
                end = Math.Min(Math.Min(end, alikeUntil), _deliveredBefore);
            }

            yield return new SeenRun(new PositionRange(position, end - position), standing, redelivered);
            position = end;
        }
    }

    private static PlacedBatch[] BatchesOf(LogSegment segment, long start, long end) =>
    [
        .. segment.Batches
            .Where(batch => batch.Batch is not null && batch.First < end && batch.End > start)
            .Select(static batch => new PlacedBatch(batch.First, batch.Batch!)),
    ];
}
