using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Lanes;

/// <content>Into a snapshot, and back.</content>
internal sealed partial class ReadyLanes
{
    /// <summary>Which of the live positions are in which lane, but for the plain one.</summary>
    public LaneIndex[] Index(PositionSet live)
    {
        var positions = new Dictionary<Lane, PositionSet>();
        var interval = 0;
        foreach (var (run, number) in _map.Runs())
        {
            while (interval < live.IntervalCount && live.Interval(interval).End <= run.First)
            {
                interval++;
            }

            for (var i = interval; i < live.IntervalCount && live.Interval(i) is var alive && alive.First < run.End; i++)
            {
                var lane = _byNumber[number]!;
                var first = Math.Max(alive.First, run.First);
                (positions.TryGetValue(lane, out var set) ? set : positions[lane] = new PositionSet())
                    .Add(new PositionRange(first, Math.Min(alive.End, run.End) - first));
            }
        }

        return [.. positions.Select(static entry => new LaneIndex(entry.Key.Key, entry.Value.ToArray()))];
    }

    /// <summary>Moves ready messages from the plain lane to theirs.</summary>
    public void Recover(LaneIndex index)
    {
        var lane = LaneOf(index.Key);
        if (ReferenceEquals(lane, _plain))
        {
            return;
        }

        var ready = new PositionSet();
        foreach (var range in index.Positions)
        {
            Remove(range, ready);
        }

        for (var i = 0; i < ready.IntervalCount; i++)
        {
            AddNew(lane, ready.Interval(i));
        }

        ForgetIfEmpty(lane);
    }
}
