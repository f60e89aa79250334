namespace ActorBroker.Core.Queues;

/// <summary>
/// The consumers of a queue and whose turn it is. Those that can take messages stand in line with others of their
/// priority and are served round robin; a lower priority is served when nobody of a higher one can take any.
/// <para>
/// With a single active consumer it alone is served, until it leaves: then the one with the highest priority is, of
/// several the one that came first. On a quorum queue a consumer of higher priority takes over besides, as soon as the
/// active one, which is given nothing more, has settled what it holds (RabbitMQ 4.0).
/// </para>
/// </summary>
internal sealed class ConsumerRoster
{
    private readonly Dictionary<ConsumerKey, QueueConsumer> _all = [];

    // By descending priority; only those that some consumer has.
    private readonly List<Line> _lines = [];
    private readonly List<QueueConsumer> _passedOver = [];
    private Line? _served;
    private bool _isSingleActive;
    private bool _givesWay;
    private bool _isGivingWay;
    private long _arrivals;

    private sealed class Line(int priority)
    {
        public int Priority { get; } = priority;

        public int Consumers { get; set; }

        public Queue<QueueConsumer> Waiting { get; } = new();
    }

    /// <summary>Consumers that were not cancelled; getters do not count.</summary>
    public int ConsumerCount { get; private set; }

    /// <summary>How many stand in line with the next one; some may have lost their room since.</summary>
    public int InLine => _served?.Waiting.Count ?? 0;

    public IEnumerable<QueueConsumer> All => _all.Values;

    public bool HasExclusive { get; private set; }

    /// <summary>The single active consumer; null where all are active, or none is there.</summary>
    public QueueConsumer? Active { get; private set; }

    public QueueConsumer? Find(ConsumerKey key) => _all.GetValueOrDefault(key);

    /// <summary>Other settings are in force.</summary>
    public void Apply(QueueSettings settings)
    {
        _givesWay = settings.Type == QueueType.Quorum;
        if (_isSingleActive == settings.SingleActiveConsumer)
        {
            return;
        }

        _isSingleActive = settings.SingleActiveConsumer;
        Active = null;
        if (_isSingleActive)
        {
            Activate();
        }

        foreach (var consumer in _all.Values)
        {
            Enqueue(consumer);
        }
    }

    public void Add(QueueConsumer consumer)
    {
        _all.Add(consumer.Key, consumer);
        if (consumer.IsStopped)
        {
            return;
        }

        ConsumerCount++;
        HasExclusive |= consumer.Settings!.Exclusive;
        consumer.Arrival = ++_arrivals;
        LineOf(consumer).Consumers++;
        if (_isSingleActive)
        {
            _isGivingWay |= _givesWay && consumer.Priority > Active?.Priority;
            ChooseActive();
        }

        Enqueue(consumer);
    }

    public void Stop(QueueConsumer consumer)
    {
        if (consumer.IsStopped)
        {
            return;
        }

        consumer.IsStopped = true;
        ConsumerCount--;
        HasExclusive &= !consumer.Settings!.Exclusive;
        var line = LineOf(consumer);
        line.Consumers--;
        if (line.Consumers == 0)
        {
            _lines.Remove(line);
        }

        if (ReferenceEquals(consumer, Active))
        {
            Activate();
        }
        else if (_isGivingWay)
        {
            _isGivingWay = _all.Values.Any(other => !other.IsStopped && other.Priority > Active!.Priority);
            Enqueue(Active!);
        }
    }

    public void Remove(QueueConsumer consumer)
    {
        Stop(consumer);
        _all.Remove(consumer.Key);
    }

    /// <summary>Puts a consumer at the end of the line if it can take messages and is not in it.</summary>
    public void Enqueue(QueueConsumer consumer)
    {
        if (_isSingleActive)
        {
            ChooseActive();
        }

        if (!consumer.IsInLine && IsServable(consumer))
        {
            var line = LineOf(consumer);
            if (line.Waiting.Count > line.Consumers * 2)
            {
                DropStopped(line);
            }

            consumer.IsInLine = true;
            line.Waiting.Enqueue(consumer);
        }
    }

    /// <summary>The consumer whose turn it is, or null when none can take messages. It stays in front until <see cref="EndTurn"/>.</summary>
    public QueueConsumer? Next()
    {
        foreach (var line in _lines)
        {
            while (line.Waiting.TryPeek(out var consumer))
            {
                if (IsServable(consumer))
                {
                    _served = line;
                    return consumer;
                }

                line.Waiting.Dequeue();
                consumer.IsInLine = false;
            }
        }

        return null;
    }

    /// <summary>Takes the consumer in front out of the line, to its end if it can take more.</summary>
    public void EndTurn()
    {
        var consumer = _served!.Waiting.Dequeue();
        consumer.IsInLine = false;
        Enqueue(consumer);
    }

    /// <summary>There is nothing for the consumer in front: it steps out of the line until <see cref="EndRound"/>.</summary>
    public void PassOver()
    {
        var consumer = _served!.Waiting.Dequeue();
        consumer.IsInLine = false;
        _passedOver.Add(consumer);
    }

    /// <summary>Those that stepped out of the line are back.</summary>
    public void EndRound()
    {
        if (_passedOver.Count > 0)
        {
            foreach (var consumer in _passedOver)
            {
                Enqueue(consumer);
            }

            _passedOver.Clear();
        }
    }

    private bool IsServable(QueueConsumer consumer) =>
        consumer.CanTake && (!_isSingleActive || (ReferenceEquals(consumer, Active) && !_isGivingWay));

    private void ChooseActive()
    {
        if (Active is null || (_isGivingWay && Active.Unsettled.IsEmpty))
        {
            Activate();
        }
    }

    private void Activate()
    {
        _isGivingWay = false;
        Active = null;
        foreach (var consumer in _all.Values)
        {
            if (!consumer.IsStopped
                && (Active is null || consumer.Priority > Active.Priority || (consumer.Priority == Active.Priority && consumer.Arrival < Active.Arrival)))
            {
                Active = consumer;
            }
        }

        if (Active is not null)
        {
            Enqueue(Active);
        }
    }

    private Line LineOf(QueueConsumer consumer)
    {
        var index = 0;
        while (index < _lines.Count && _lines[index].Priority > consumer.Priority)
        {
            index++;
        }

        if (index == _lines.Count || _lines[index].Priority < consumer.Priority)
        {
            _lines.Insert(index, new Line(consumer.Priority));
        }

        return _lines[index];
    }

    // On an empty queue nobody is served: those who come and go would pile up in the line.
    private static void DropStopped(Line line)
    {
        for (var i = line.Waiting.Count; i > 0; i--)
        {
            var consumer = line.Waiting.Dequeue();
            if (!consumer.IsStopped)
            {
                line.Waiting.Enqueue(consumer);
            }
        }
    }
}
