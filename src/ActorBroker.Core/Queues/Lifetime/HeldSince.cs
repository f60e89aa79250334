using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Lifetime;

/// <summary>Since which look a consumer has held its messages.</summary>
internal sealed class HeldSince
{
    private readonly LinkedList<(long At, PositionSet Positions)> _looks = new();

    /// <summary>Looks at what is held now.</summary>
    /// <param name="held">All of it.</param>
    /// <param name="now">Unix time in milliseconds.</param>
    /// <param name="step">What came within so many milliseconds of each other is told as one.</param>
    /// <returns>When the first look was at which something was held that still is; null when there is nothing.</returns>
    public long? Look(PositionSet held, long now, long step)
    {
        while (_looks.First is { } oldest && !IsAnyHeld(oldest.Value.Positions, held))
        {
            _looks.RemoveFirst();
        }

        if (_looks.Last is null || _looks.Last.Value.At + step <= now)
        {
            var fresh = new PositionSet();
            fresh.AddAll(held);
            foreach (var (_, positions) in _looks)
            {
                for (var i = 0; i < positions.IntervalCount; i++)
                {
                    fresh.Remove(positions.Interval(i));
                }
            }

            if (!fresh.IsEmpty)
            {
                _looks.AddLast((now, fresh));
            }
        }

        return _looks.First?.Value.At;
    }

    /// <summary>Messages went back: when they are held again it is from then on.</summary>
    public void Returned(PositionRange range)
    {
        foreach (var (_, positions) in _looks)
        {
            positions.Remove(range);
        }
    }

    private static bool IsAnyHeld(PositionSet positions, PositionSet held)
    {
        for (var i = 0; i < positions.IntervalCount; i++)
        {
            if (held.Overlaps(positions.Interval(i)))
            {
                return true;
            }
        }

        return false;
    }
}
