using System.Diagnostics;
using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Lanes;

/// <summary>
/// Ready messages in lanes. Only lanes with live messages exist; messages without any mark are in a lane that always
/// does and that the map does not know, so that a queue whose messages are all alike pays nothing for what it could do.
/// </summary>
internal sealed partial class ReadyLanes
{
    /// <summary>Most values of the fair header with lanes of their own.</summary>
    public const int FairValuesMax = 10_000;

    /// <summary>Most values of the group header that are groups of their own.</summary>
    public const int GroupsMax = 4096;

    // Past so many lanes, no more are made for combinations of priority, value and group.
    private const int LanesMax = 32_768;

    private readonly Lane _plain;
    private readonly LaneMap _map = new();
    private readonly LaneValues _fairValues = new(FairValuesMax, sharedMax: 64);
    private readonly LaneValues _groupValues = new(GroupsMax, sharedMax: 256);
    private readonly Dictionary<LaneKey, Lane> _lanes = [];
    private readonly List<Lane?> _byNumber;
    private readonly Stack<int> _freeNumbers = new();
    private readonly LaneSchedule _schedule = new();
    private LaneClassifier _classifier;
    private Lane? _next;

    /// <param name="plain">The lane of messages without any mark; used by its owner alone while nothing <see cref="IsInUse"/>.</param>
    /// <param name="classifier">Knows each message's lane.</param>
    public ReadyLanes(Lane plain, LaneClassifier classifier)
    {
        _plain = plain;
        _classifier = classifier;
        _byNumber = [plain];
    }

    /// <summary>There are lanes beside the plain one.</summary>
    public bool IsInUse => _lanes.Count > 0;

    /// <summary>Ready messages.</summary>
    public long Count { get; private set; }

    /// <summary>The run that is delivered next; there must be one.</summary>
    public PositionRange First => Next().Ready.First;

    /// <summary>Bytes of the next run after which the next is another.</summary>
    public long TurnBytes => ScheduleOf(Next()).TurnBytes(Next());

    /// <summary>From now on, other settings say which lane a message belongs to; those that are here stay where they are.</summary>
    public void Classify(LaneClassifier classifier)
    {
        var isScheduled = IsInUse && !_plain.Ready.IsEmpty;
        if (isScheduled)
        {
            _schedule.Remove(_plain);
        }

        _classifier = classifier;
        _plain.Key = new LaneKey(classifier.DefaultPriority, 0, 0);
        if (isScheduled)
        {
            _schedule.Add(_plain);
        }

        _next = null;
    }

    public void Append(long firstPosition, MessageBatch batch)
    {
        var start = 0;
        var lane = LaneOf(batch[0]);
        for (var i = 1; i < batch.Count; i++)
        {
            var following = LaneOf(batch[i]);
            if (!ReferenceEquals(following, lane))
            {
                AddNew(lane, new PositionRange(firstPosition + start, i - start));
                (start, lane) = (i, following);
            }
        }

        AddNew(lane, new PositionRange(firstPosition + start, batch.Count - start));
    }

    public PositionRange Take(long countMax, long bytes, ConsumerKey? consumer)
    {
        var lane = Next();
        ScheduleOf(lane).Charge(lane, bytes);
        _ownIsNext = lane.Group?.Holder is null;
        if (lane.Group is { Holder: null } group && consumer is { } key)
        {
            Assign(group, key);
        }

        var taken = lane.Ready.TakeFirst(countMax);
        Count -= taken.Count;
        HeadChanged(lane);
        return taken;
    }

    public void Return(PositionRange range)
    {
        while (range.Count > 0)
        {
            AddReady(NextRun(ref range, out var run), run);
        }
    }

    public long Remove(PositionRange range, PositionSet? removed)
    {
        var before = Count;
        while (range.Count > 0)
        {
            var lane = NextRun(ref range, out var run);
            var count = lane.Ready.Remove(run, removed);
            if (count > 0)
            {
                Count -= count;
                HeadChanged(lane);
            }
        }

        return before - Count;
    }

    public void Forget(PositionRange range)
    {
        while (range.Count > 0)
        {
            var lane = NextRun(ref range, out var run);
            Debug.Assert(!lane.Ready.Contains(run.First));
            ForgetIn(lane, run);
        }
    }

    /// <summary>All that is ready is gone.</summary>
    public void Clear()
    {
        foreach (var lane in _lanes.Values.Append(_plain).ToArray())
        {
            while (!lane.Ready.IsEmpty)
            {
                var gone = lane.Ready.TakeFirst(long.MaxValue);
                Count -= gone.Count;
                HeadChanged(lane);
                ForgetIn(lane, gone);
            }
        }
    }

    /// <summary>All lanes, in no order.</summary>
    public IEnumerable<Lane> All() => _lanes.Values.Prepend(_plain);

    /// <summary>The lanes by when they are served, as things stand.</summary>
    public IEnumerable<Lane> InOrder() => _schedule.Lanes().Concat(_holders.Values.SelectMany(static holder => holder.Schedule.Lanes()));

    private Lane Next() => _next ??= NextForAnyone() ?? throw new InvalidOperationException("Nothing is ready.");

    private Lane LaneOf(in MessageView message) => LaneOf(_classifier.KeyOf(message));

    private Lane LaneOf(LaneKey wanted)
    {
        if (wanted == _plain.Key)
        {
            return _plain;
        }

        var key = wanted with { FairValue = _fairValues.Resolve(wanted.FairValue), Group = _groupValues.Resolve(wanted.Group) };
        if (_lanes.Count >= LanesMax && key.FairValue != 0 && !_lanes.ContainsKey(key))
        {
            key = key with { FairValue = -1 };
        }

        return _lanes.TryGetValue(key, out var lane) ? lane : Make(key);
    }

    private Lane Make(LaneKey key)
    {
        if (!_freeNumbers.TryPop(out var number))
        {
            number = _byNumber.Count;
            _byNumber.Add(null);
        }

        var group = GroupOf(key);
        var lane = new Lane(number, key, group);
        group?.Lanes.Add(lane);
        _byNumber[number] = lane;
        _fairValues.Use(key.FairValue);
        _groupValues.Use(key.Group);
        _lanes.Add(key, lane);
        if (_lanes.Count == 1)
        {
            Count = _plain.Ready.Count;
            HeadChanged(_plain);
        }

        return lane;
    }

    private void AddNew(Lane lane, PositionRange run)
    {
        if (!ReferenceEquals(lane, _plain))
        {
            _map.Set(run, lane.Number);
            lane.Live += run.Count;
        }

        AddReady(lane, run);
    }

    private void AddReady(Lane lane, PositionRange run)
    {
        lane.Ready.Add(run);
        Count += run.Count;
        HeadChanged(lane);
    }

    private void HeadChanged(Lane lane)
    {
        _next = null;
        if (lane.Ready.IsEmpty || !IsInUse)
        {
            if (lane.Flow is not null)
            {
                ScheduleOf(lane).Remove(lane);
            }
        }
        else if (lane.Flow is { } flow)
        {
            flow.HeadChanged(lane);
        }
        else
        {
            ScheduleOf(lane).Add(lane);
        }
    }

    private void ForgetIn(Lane lane, PositionRange run)
    {
        if (!ReferenceEquals(lane, _plain))
        {
            _map.Clear(run);
            lane.Live -= run.Count;
            ForgetIfEmpty(lane);
        }
    }

    private void ForgetIfEmpty(Lane lane)
    {
        if (lane.Live > 0)
        {
            return;
        }

        _lanes.Remove(lane.Key);
        _fairValues.Leave(lane.Key.FairValue);
        _groupValues.Leave(lane.Key.Group);
        _byNumber[lane.Number] = null;
        _freeNumbers.Push(lane.Number);
        LeaveGroup(lane);
        if (!IsInUse)
        {
            HeadChanged(_plain);
        }
    }

    // The positions at the start of a range that are in one lane.
    private Lane NextRun(ref PositionRange range, out PositionRange run)
    {
        var number = _map.LaneAt(range, out var count);
        while (count < range.Count && _map.LaneAt(new PositionRange(range.First + count, range.Count - count), out var more) == number)
        {
            count += more;
        }

        run = range with { Count = count };
        range = new PositionRange(run.End, range.Count - count);
        return _byNumber[number]!;
    }
}
