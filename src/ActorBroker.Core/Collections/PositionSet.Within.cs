using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Collections;

/// <content>What of a range is in the set.</content>
public sealed partial class PositionSet
{
    /// <summary>The parts of a range that are in the set, ascending. The set must not change meanwhile.</summary>
    public IEnumerable<PositionRange> Within(PositionRange range)
    {
        for (var index = IndexOfEndAbove(range.First); index < _size && _firsts[_head + index] < range.End; index++)
        {
            var first = Math.Max(range.First, _firsts[_head + index]);
            yield return new PositionRange(first, Math.Min(range.End, _ends[_head + index]) - first);
        }
    }

    /// <summary>True when any position of a range is in the set.</summary>
    public bool Overlaps(PositionRange range)
    {
        var index = IndexOfEndAbove(range.First);
        return index < _size && _firsts[_head + index] < range.End;
    }
}
