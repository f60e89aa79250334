namespace ActorBroker.Core.Statistics;

/// <summary>
/// For how much of the time a queue's consumers could take what was there, as RabbitMQ's <c>consumer_capacity</c>: an
/// average in which what is a second ago counts half. Times in milliseconds. One writer, the queue; others read as it is.
/// </summary>
public sealed class ConsumerUse
{
    private const double HalfLife = 1_000;

    private long _since;
    private long _keptUp;
    private double _average = 1;

    /// <summary>Messages wait that no consumer can take.</summary>
    public bool IsShort { get; private set; }

    /// <summary>A queue whose consumers have kept up so far.</summary>
    /// <param name="since">From then on.</param>
    public ConsumerUse(long since) => _since = since;

    /// <summary>From now on messages wait for consumers, or none do.</summary>
    public void Set(bool isShort, long now)
    {
        if (isShort == IsShort)
        {
            return;
        }

        if (isShort)
        {
            _keptUp = now - _since;
        }
        else
        {
            _average = Average(_keptUp, now - _since);
        }

        IsShort = isShort;
        _since = now;
    }

    /// <summary>From 0 to 1: 1 where nothing had to wait.</summary>
    public double At(long now) => IsShort ? Average(_keptUp, now - _since) : Average(now - _since, 0);

    private double Average(long keptUp, long shortOf)
    {
        var time = Math.Max(0, keptUp) + Math.Max(0, shortOf);
        if (time == 0)
        {
            return _average;
        }

        var weight = Math.Pow(0.5, time / HalfLife);
        return ((double)Math.Max(0, keptUp) / time * (1 - weight)) + (_average * weight);
    }
}
