namespace ActorBroker.Core.Time;

/// <summary>
/// The time of day without steps back: it goes on by the monotonic time of <paramref name="source"/> and is compared with
/// its time of day once a second. What is due by this clock (expiry, delays, leases) is not held up when somebody sets
/// the machine's clock back.
/// </summary>
/// <remarks>
/// A source that is ahead (the machine slept, its clock was set forward) is followed at once. One that is behind is
/// waited for: this clock runs a tenth slower until they agree, so a step back of a minute is made up in ten. Safe for
/// any thread; a reading takes no lock except once a second.
/// </remarks>
public sealed class SteadyClock : TimeProvider
{
    private const double SlowRate = 0.9;

    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Comparison = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _source;
    private readonly Lock _comparing = new();

    private volatile Anchor _anchor;

    /// <summary>Starts with the time of day of <paramref name="source"/>.</summary>
    public SteadyClock(TimeProvider source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _anchor = new Anchor(source.GetTimestamp(), source.GetUtcNow(), Rate: 1);
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => _source.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => _source.TimestampFrequency;

    /// <inheritdoc/>
    public override long GetTimestamp() => _source.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _source.CreateTimer(callback, state, dueTime, period);

    /// <summary>Now, never before what an earlier call has answered.</summary>
    public override DateTimeOffset GetUtcNow()
    {
        var anchor = _anchor;
        var elapsed = _source.GetElapsedTime(anchor.Timestamp);
        return elapsed < Comparison ? anchor.After(elapsed) : Compare();
    }

    private DateTimeOffset Compare()
    {
        lock (_comparing)
        {
            var timestamp = _source.GetTimestamp();
            var elapsed = _source.GetElapsedTime(_anchor.Timestamp, timestamp);
            var steady = _anchor.After(elapsed);
            if (elapsed < Comparison)
            {
                return steady;
            }

            var ahead = steady - _source.GetUtcNow();
            _anchor = ahead < -Tolerance
                ? new Anchor(timestamp, steady - ahead, Rate: 1)
                : new Anchor(timestamp, steady, ahead > Tolerance ? SlowRate : 1);
            return _anchor.Time;
        }
    }

    private sealed record Anchor(long Timestamp, DateTimeOffset Time, double Rate)
    {
        public DateTimeOffset After(TimeSpan elapsed) => Time + (Rate == 1 ? elapsed : elapsed * Rate);
    }
}
