using ActorBroker.Core.Queues.Log;

namespace ActorBroker.Core.Queues.Lanes;

/// <summary>
/// Which segments of the log the next deliveries need, in that order: of the lanes of the highest priority first the
/// ones with their heads, then the ones behind these, then those of the next priority.
/// </summary>
internal sealed class UpcomingSegments
{
    // Lanes beyond are too far away to matter.
    private const int LanesMax = 1000;

    private readonly List<LogSegment> _segments = [];
    private readonly Dictionary<LogSegment, int> _turns = new(ReferenceEqualityComparer.Instance);
    private readonly List<(Lane Lane, long Next)> _ahead = [];

    /// <summary>What was found, the one that is needed first in front.</summary>
    public IReadOnlyList<LogSegment> Segments => _segments;

    /// <summary>When a segment is needed, counted from 0; <see cref="int.MaxValue"/> for one that was not found.</summary>
    public int TurnOf(LogSegment segment) => _turns.GetValueOrDefault(segment, int.MaxValue);

    /// <summary>Finds up to so many segments.</summary>
    public void Find(IEnumerable<Lane> lanes, MessageLog log, int countMax)
    {
        _segments.Clear();
        _turns.Clear();
        _ahead.Clear();
        var priority = -1;
        foreach (var lane in lanes.Take(LanesMax))
        {
            if (lane.Key.Priority != priority)
            {
                GoDeeper(log, countMax);
                priority = lane.Key.Priority;
            }

            if (_segments.Count >= countMax)
            {
                break;
            }

            Visit(lane, lane.Head, log);
        }

        GoDeeper(log, countMax);
    }

    private void GoDeeper(MessageLog log, int countMax)
    {
        var round = _ahead.ToArray();
        for (; round.Length > 0; round = _ahead.ToArray())
        {
            _ahead.Clear();
            foreach (var (lane, next) in round)
            {
                if (_segments.Count >= countMax)
                {
                    return;
                }

                Visit(lane, next, log);
            }
        }
    }

    private void Visit(Lane lane, long position, MessageLog log)
    {
        var segment = log.Segments[log.IndexOfSegment(position)];
        if (_turns.TryAdd(segment, _segments.Count))
        {
            _segments.Add(segment);
        }

        if (lane.Ready.FirstFrom(segment.End) is { } next)
        {
            _ahead.Add((lane, next));
        }
    }
}
