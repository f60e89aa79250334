namespace ActorBroker.Core.Queues.Lanes;

/// <summary>
/// The values of a header that have lanes of their own. When there are too many, further ones share: each value always
/// goes where messages of it may still be, so that their order holds.
/// </summary>
/// <param name="ownMax">Most values with lanes of their own.</param>
/// <param name="sharedMax">How many lanes all others share.</param>
internal sealed class LaneValues(int ownMax, int sharedMax)
{
    private readonly Dictionary<long, int> _lanes = [];
    private int _own;

    /// <summary>The number by which lanes know a value.</summary>
    /// <param name="value">Above zero; other numbers are resolved already.</param>
    public long Resolve(long value)
    {
        if (value <= 0 || _lanes.ContainsKey(value))
        {
            return value;
        }

        var shared = -1 - (value % sharedMax);
        return _own >= ownMax || _lanes.ContainsKey(shared) ? shared : value;
    }

    /// <summary>A lane has that number.</summary>
    public void Use(long number)
    {
        var lanes = _lanes.GetValueOrDefault(number);
        _lanes[number] = lanes + 1;
        _own += number > 0 && lanes == 0 ? 1 : 0;
    }

    /// <summary>A lane with that number is gone.</summary>
    public void Leave(long number)
    {
        var lanes = _lanes[number] - 1;
        if (lanes > 0)
        {
            _lanes[number] = lanes;
            return;
        }

        _lanes.Remove(number);
        _own -= number > 0 ? 1 : 0;
    }
}
