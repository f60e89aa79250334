namespace ActorBroker.Core.Queues.Lanes;

/// <summary>
/// Lanes of one priority and one value of the fair header that take turns as one. They are served by the position of
/// their first message.
/// </summary>
internal sealed class LaneFlow(long fairValue)
{
    // A binary heap by head.
    private readonly List<Lane> _lanes = [];

    public long FairValue { get; } = fairValue;

    /// <summary>Bytes that it may still send in this turn; what it sent beyond is below zero.</summary>
    public long Deficit { get; set; }

    public bool IsEmpty => _lanes.Count == 0;

    /// <summary>All lanes, the next one first.</summary>
    public IReadOnlyList<Lane> Lanes => _lanes;

    public LaneFlow? Next { get; set; }

    public LaneFlow? Previous { get; set; }

    public void Add(Lane lane)
    {
        lane.Flow = this;
        lane.HeapIndex = _lanes.Count;
        _lanes.Add(lane);
        Rise(lane.HeapIndex);
    }

    public void Remove(Lane lane)
    {
        var index = lane.HeapIndex;
        var last = _lanes[^1];
        _lanes.RemoveAt(_lanes.Count - 1);
        lane.Flow = null;
        if (!ReferenceEquals(last, lane))
        {
            Put(last, index);
            HeadChanged(last);
        }
    }

    /// <summary>To be called when the lane's first message is another one.</summary>
    public void HeadChanged(Lane lane) => Sink(Rise(lane.HeapIndex));

    private int Rise(int index)
    {
        var lane = _lanes[index];
        while (index > 0 && _lanes[(index - 1) / 2] is var parent && lane.Head < parent.Head)
        {
            var above = (index - 1) / 2;
            Put(parent, index);
            index = above;
        }

        Put(lane, index);
        return index;
    }

    private void Sink(int index)
    {
        var lane = _lanes[index];
        for (var below = (2 * index) + 1; below < _lanes.Count; below = (2 * index) + 1)
        {
            if (below + 1 < _lanes.Count && _lanes[below + 1].Head < _lanes[below].Head)
            {
                below++;
            }

            if (lane.Head <= _lanes[below].Head)
            {
                break;
            }

            Put(_lanes[below], index);
            index = below;
        }

        Put(lane, index);
    }

    private void Put(Lane lane, int index)
    {
        _lanes[index] = lane;
        lane.HeapIndex = index;
    }
}
