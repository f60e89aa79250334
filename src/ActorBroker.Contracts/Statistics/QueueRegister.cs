using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Contracts.Statistics;

/// <summary>The queues that a node has, or has had in memory and still knows. A queue enters and leaves by itself; any thread may look.</summary>
public sealed class QueueRegister
{
    private readonly Lock _lock = new();
    private readonly Dictionary<QueueKey, QueueFigures> _queues = [];
    private readonly Dictionary<QueueType, QueueCounters> _past = [];

    /// <summary>A queue is in memory: what was known of it is still counted.</summary>
    public QueueFigures Enter(QueueKey queue)
    {
        lock (_lock)
        {
            if (!_queues.TryGetValue(queue, out var figures))
            {
                figures = new QueueFigures(queue);
                _queues.Add(queue, figures);
            }

            figures.IsAwake = true;
            return figures;
        }
    }

    /// <summary>A queue is gone, or lives on another node; what has happened to its messages stays.</summary>
    public void Leave(QueueFigures figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        lock (_lock)
        {
            if (_queues.GetValueOrDefault(figures.Queue) != figures)
            {
                return;
            }

            _queues.Remove(figures.Queue);
            var type = QueueArguments.TypeOf(figures.Definition?.Arguments ?? ArgumentTable.Empty) ?? QueueType.Classic;
            if (!_past.TryGetValue(type, out var past))
            {
                past = new QueueCounters();
                _past.Add(type, past);
            }

            past.Add(figures.Counters);
        }
    }

    /// <summary>What has happened to the messages of queues that are no more, by their type.</summary>
    public IReadOnlyList<(QueueType Type, QueueCounters Past)> Past()
    {
        lock (_lock)
        {
            return [.. _past.Select(static past => (past.Key, past.Value))];
        }
    }

    /// <summary>One queue, or null.</summary>
    public QueueFigures? Find(QueueKey queue)
    {
        lock (_lock)
        {
            return _queues.GetValueOrDefault(queue);
        }
    }

    /// <summary>The queues, now.</summary>
    public QueueFigures[] All()
    {
        lock (_lock)
        {
            return [.. _queues.Values];
        }
    }
}
