using System.Numerics;

namespace ActorBroker.Core.Queues.Lanes;

/// <summary>Lanes with something ready, in the order in which they are served: strictly by priority, and within one as <see cref="LaneLevel"/> says.</summary>
internal sealed class LaneSchedule
{
    private const int WordBits = 64;

    private readonly LaneLevel?[] _levels = new LaneLevel?[byte.MaxValue + 1];

    // Levels that are not empty, a bit each.
    private readonly ulong[] _inUse = new ulong[(byte.MaxValue + 1) / WordBits];

    /// <summary>The highest priority with something ready, -1 for none.</summary>
    public int TopPriority
    {
        get
        {
            for (var word = _inUse.Length - 1; word >= 0; word--)
            {
                if (_inUse[word] != 0)
                {
                    return (word * WordBits) + BitOperations.Log2(_inUse[word]);
                }
            }

            return -1;
        }
    }

    /// <summary>Something is ready in the lane.</summary>
    public void Add(Lane lane)
    {
        var priority = lane.Key.Priority;
        (_levels[priority] ??= new LaneLevel()).Add(lane);
        _inUse[priority / WordBits] |= 1UL << (priority % WordBits);
    }

    /// <summary>Nothing is ready in the lane, or it goes elsewhere.</summary>
    public void Remove(Lane lane)
    {
        var priority = lane.Key.Priority;
        var level = _levels[priority]!;
        level.Remove(lane);
        if (level.IsEmpty)
        {
            _inUse[priority / WordBits] &= ~(1UL << (priority % WordBits));
        }
    }

    /// <summary>The lane that is served next, null for none.</summary>
    public Lane? Next() => TopPriority is >= 0 and var top ? _levels[top]!.Current().Lanes[0] : null;

    /// <summary>How many bytes the lane that is served next may send before it is another's turn.</summary>
    public long TurnBytes(Lane next) => _levels[next.Key.Priority]!.TurnBytes;

    /// <summary>The lane sends so many bytes.</summary>
    public void Charge(Lane lane, long bytes) => _levels[lane.Key.Priority]!.Charge(lane.Flow!, bytes);

    /// <summary>The lanes by when they are served, as things stand.</summary>
    public IEnumerable<Lane> Lanes()
    {
        for (var priority = TopPriority; priority >= 0; priority--)
        {
            if (_levels[priority] is { IsEmpty: false } level)
            {
                foreach (var flow in level.Round())
                {
                    foreach (var lane in flow.Lanes)
                    {
                        yield return lane;
                    }
                }
            }
        }
    }
}
