using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Statistics;

/// <summary>
/// Messages that a queue has given up, by why, and by what was to become of them. One writer, the queue; others read as
/// they are, each number by itself.
/// </summary>
public sealed class DeadLetterCounters
{
    private const int Strategies = (int)DeadLetterStrategy.AtLeastOnce + 2;
    private const int Reasons = (int)DeathReason.DeliveryLimit + 1;

    private readonly long[] _counts = new long[Strategies * Reasons];

    /// <summary>Messages that have arrived, as far as the queue waits for that: at least once.</summary>
    public long Confirmed { get; set; }

    /// <summary>How many there were.</summary>
    /// <param name="strategy">How they went to a dead letter exchange; null for those that had none to go to.</param>
    /// <param name="reason">Why they left.</param>
    public long this[DeadLetterStrategy? strategy, DeathReason reason] => _counts[IndexOf(strategy, reason)];

    /// <summary>So many more.</summary>
    public void Count(DeadLetterStrategy? strategy, DeathReason reason, long count) => _counts[IndexOf(strategy, reason)] += count;

    /// <summary>Adds another queue's counts to these.</summary>
    public void Add(DeadLetterCounters other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Confirmed += other.Confirmed;
    }

    private static int IndexOf(DeadLetterStrategy? strategy, DeathReason reason) =>
        ((strategy is { } known ? (int)known + 1 : 0) * Reasons) + (int)reason;
}
