namespace ActorBroker.Core.Statistics;

/// <summary>
/// How many pairs of channels, exchanges and queues a node keeps numbers of: what comes above that is counted by the one
/// and by the other, and not by both together. Any thread takes and gives back.
/// </summary>
/// <param name="max">So many at a time.</param>
public sealed class PairLimit(int max)
{
    private int _count;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes room for one more; false when there is none.</summary>
    public bool TryTake()
    {
        if (Count >= max)
        {
            return false;
        }

        if (Interlocked.Increment(ref _count) <= max)
        {
            return true;
        }

        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>So many are no more.</summary>
    public void GiveBack(int count) => Interlocked.Add(ref _count, -count);
}
