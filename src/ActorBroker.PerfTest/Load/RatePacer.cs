namespace ActorBroker.PerfTest.Load;

/// <summary>
/// Says how many messages are due at a rate. What could not be sent because the broker pushed back is made up for, but no
/// more than a second's worth. Time comes in as readings of one clock.
/// </summary>
/// <param name="rate">Messages per second, above 0.</param>
/// <param name="start">When the first message is due.</param>
/// <param name="ticksPerSecond">The clock's unit.</param>
internal sealed class RatePacer(double rate, long start, long ticksPerSecond)
{
    private readonly long _burstMax = Math.Max(1, (long)rate);
    private long _sent;

    /// <summary>How many messages may be sent now.</summary>
    public long Due(long now)
    {
        var due = DueBy(now) - _sent;
        if (due > _burstMax)
        {
            _sent += due - _burstMax;
            due = _burstMax;
        }

        return Math.Max(0, due);
    }

    public void Sent(int count) => _sent += count;

    /// <summary>How many ticks from now the next message is due; 0 if one is.</summary>
    public long TicksUntilNext(long now) =>
        Math.Max(0, start + (long)Math.Ceiling(_sent * (double)ticksPerSecond / rate) - now);

    private long DueBy(long now) => now < start ? 0 : 1 + (long)((now - start) * rate / ticksPerSecond);
}
