namespace ActorBroker.Broker.Persistence;

/// <summary>
/// Knows when writes are under way and none has ended for a while: a disk that hangs says nothing by itself, and nobody is
/// failed for it. For any thread.
/// </summary>
/// <param name="clock">Measures.</param>
/// <param name="patience">Without a word so long, it is one.</param>
internal sealed class StallWatch(TimeProvider clock, TimeSpan patience)
{
    private readonly Lock _lock = new();
    private int _underWay;
    private long _silentSince;
    private long _stalledSince;
    private bool _isStalled;

    /// <summary>A write begins.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            if (_underWay++ == 0)
            {
                _silentSince = clock.GetTimestamp();
            }
        }
    }

    /// <summary>A write has ended, whichever way.</summary>
    public void End()
    {
        lock (_lock)
        {
            _underWay--;
            _silentSince = clock.GetTimestamp();
        }
    }

    /// <summary>What has changed since the last look: a stall has begun, or is over; null when neither.</summary>
    public Stall? Look()
    {
        lock (_lock)
        {
            var isStalled = _underWay > 0 && clock.GetElapsedTime(_silentSince) >= patience;
            if (isStalled == _isStalled)
            {
                return null;
            }

            _isStalled = isStalled;
            _stalledSince = isStalled ? _silentSince : _stalledSince;
            return new Stall(clock.GetElapsedTime(_stalledSince), _underWay, IsOver: !isStalled);
        }
    }
}

/// <summary>A time in which no write has ended.</summary>
/// <param name="Lasted">Its length so far.</param>
/// <param name="UnderWay">Writes that wait.</param>
/// <param name="IsOver">Some write has ended, or none is under way any more.</param>
internal readonly record struct Stall(TimeSpan Lasted, int UnderWay, bool IsOver);
