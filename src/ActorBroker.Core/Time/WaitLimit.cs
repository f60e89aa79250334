namespace ActorBroker.Core.Time;

/// <summary>
/// For how long something is waited for, by a clock that may leave out the time in which the process did not run
/// (<see cref="AwakeClock"/>). A timer does not: after a pause it is due at once, before anybody had the time to answer.
/// Whoever is told by a timer asks here how much of the limit is really left, and waits for that.
/// </summary>
/// <param name="Since">A timestamp of the clock.</param>
/// <param name="Limit">How long from there.</param>
public readonly record struct WaitLimit(long Since, TimeSpan Limit)
{
    /// <summary>From now on.</summary>
    public static WaitLimit Begin(TimeProvider clock, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return new WaitLimit(clock.GetTimestamp(), limit);
    }

    /// <summary>What is left of it; zero when it is over.</summary>
    public TimeSpan Left(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var left = Limit - clock.GetElapsedTime(Since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
