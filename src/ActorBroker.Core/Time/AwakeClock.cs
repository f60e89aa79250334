namespace ActorBroker.Core.Time;

/// <summary>
/// A clock whose timestamps leave out the time in which the process did not run: a suspended container, a starved host.
/// Whoever waited for an answer or a heartbeat meanwhile has not waited longer than the process could have listened, so
/// a pause alone ends no connection. The time of day is that of <paramref name="source"/>.
/// </summary>
/// <remarks>
/// A timer takes a reading four times a second; time goes on from the last reading by one second at most. Whoever reads
/// first after a pause sees no more than that, whether or not the timer has come already. Safe for any thread.
/// </remarks>
public sealed class AwakeClock : TimeProvider, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _source;
    private readonly ITimer _timer;
    private readonly long _longestStep;

    private volatile Reading _last;

    /// <summary>Starts with the timestamp of <paramref name="source"/>.</summary>
    public AwakeClock(TimeProvider source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _longestStep = (long)(LongestStep.TotalSeconds * source.TimestampFrequency);
        var now = source.GetTimestamp();
        _last = new Reading(now, now);
        _timer = source.CreateTimer(static clock => ((AwakeClock)clock!).Read(), this, Interval, Interval);
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => _source.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => _source.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _source.GetUtcNow();

    /// <summary>Never before what an earlier call has answered.</summary>
    public override long GetTimestamp() => AwakeAt(_source.GetTimestamp());

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _source.CreateTimer(callback, state, dueTime, period);

    /// <summary>Ends the readings: the clock stands still a second later.</summary>
    public void Dispose() => _timer.Dispose();

    private void Read()
    {
        var now = _source.GetTimestamp();
        _last = new Reading(now, AwakeAt(now));
    }

    private long AwakeAt(long timestamp)
    {
        var last = _last;
        return last.Awake + Math.Clamp(timestamp - last.Source, 0, _longestStep);
    }

    private sealed record Reading(long Source, long Awake);
}
