using ActorBroker.Core.Names;

namespace ActorBroker.Contracts.Statistics;

/// <summary>The queues that a node has, or has had in memory and still knows. A queue enters and leaves by itself; any thread may look.</summary>
public sealed class QueueRegister
{
    private readonly Lock _lock = new();
    private readonly Dictionary<QueueKey, QueueFigures> _queues = [];

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

    /// <summary>A queue is gone, or lives on another node.</summary>
    public void Leave(QueueFigures figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        lock (_lock)
        {
            if (_queues.GetValueOrDefault(figures.Queue) == figures)
            {
                _queues.Remove(figures.Queue);
            }
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
