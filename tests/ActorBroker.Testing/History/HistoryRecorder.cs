namespace ActorBroker.Testing.History;

/// <summary>Takes down what clients do and see. Safe for concurrent use.</summary>
public sealed class HistoryRecorder(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<HistoryEvent> _events = [];
    private int _consumers;

    public DateTimeOffset Now => time.GetUtcNow();

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _events.Count;
            }
        }
    }

    public void Add(HistoryEvent happened)
    {
        lock (_lock)
        {
            _events.Add(happened);
        }
    }

    /// <summary>Takes down that a consumer is about to be started, and returns its number.</summary>
    public int StartConsumer(string queue)
    {
        var number = Interlocked.Increment(ref _consumers);
        Add(new HistoryEvent.ConsumerStarted(Now, queue, number));
        return number;
    }

    public HistoryEvent[] ToArray()
    {
        lock (_lock)
        {
            return [.. _events];
        }
    }
}
