using System.Collections.Concurrent;
using ActorBroker.Core.Names;

namespace ActorBroker.Broker.Queues;

/// <summary>What a queue that has left memory must not lose by it.</summary>
/// <param name="WakeAt">When something is due in it, Unix time in milliseconds; <see cref="long.MaxValue"/> for never.</param>
/// <param name="LastUsed">Since when nobody has used it, Unix time in milliseconds: being woken is no use.</param>
internal readonly record struct QueueSleep(long WakeAt, long LastUsed);

/// <summary>
/// The queues of this node that have left memory although a timer of theirs runs. Queues come and go from their own
/// threads; <see cref="QueueWakeUpActor"/> wakes what is due. Nothing here outlives the node: after a start every
/// durable queue is woken once, and looks for itself.
/// </summary>
public sealed class SleepingQueues
{
    private readonly ConcurrentDictionary<QueueKey, QueueSleep> _queues = new();

    /// <summary>The queue leaves.</summary>
    internal void Add(QueueKey queue, QueueSleep sleep) => _queues[queue] = sleep;

    /// <summary>The queue is back: what it left here, or null.</summary>
    internal QueueSleep? Take(QueueKey queue) => _queues.TryRemove(queue, out var sleep) ? sleep : null;

    /// <summary>
    /// The queue is awake, and if what was due is here still, it is on another node now: its shard has moved.
    /// </summary>
    internal void Forget(QueueKey queue, long now)
    {
        if (_queues.TryGetValue(queue, out var sleep) && sleep.WakeAt <= now)
        {
            _queues.TryRemove(new KeyValuePair<QueueKey, QueueSleep>(queue, sleep));
        }
    }

    /// <summary>Those in which something is due by then. They stay until they come back.</summary>
    internal IEnumerable<QueueKey> Due(long now)
    {
        foreach (var (queue, sleep) in _queues)
        {
            if (sleep.WakeAt <= now)
            {
                yield return queue;
            }
        }
    }
}
