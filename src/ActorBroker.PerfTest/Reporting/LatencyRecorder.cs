using System.Diagnostics;
using HdrHistogram;

namespace ActorBroker.PerfTest.Reporting;

/// <summary>
/// Latencies of the whole run and of the current interval, in microseconds. Any thread may record; equal ones should be
/// recorded together, as the lock is taken each time.
/// </summary>
internal sealed class LatencyRecorder
{
    private const long MicrosMax = 3_600_000_000;
    private const int SignificantDigits = 3;

    private readonly Lock _lock = new();
    private readonly LongHistogram _total = new(MicrosMax, SignificantDigits);
    private readonly LongHistogram _interval = new(MicrosMax, SignificantDigits);

    /// <param name="ticks">Of <see cref="Stopwatch"/>.</param>
    /// <param name="count">How many messages took that long; 0 is none.</param>
    public void Record(long ticks, int count)
    {
        if (count == 0)
            return;
        var micros = Math.Clamp((long)(ticks * 1_000_000.0 / Stopwatch.Frequency), 0, MicrosMax);
        lock (_lock)
            _interval.RecordValueWithCount(micros, count);
    }

    /// <summary>Ends an interval; the next one begins.</summary>
    public LatencyPercentiles? EndInterval()
    {
        lock (_lock)
        {
            var percentiles = LatencyPercentiles.Of(_interval);
            _total.Add(_interval);
            _interval.Reset();
            return percentiles;
        }
    }

    /// <summary>Of everything since the last <see cref="Clear"/>; null if there was nothing.</summary>
    public LatencyPercentiles? Total()
    {
        lock (_lock)
        {
            _total.Add(_interval);
            _interval.Reset();
            return LatencyPercentiles.Of(_total);
        }
    }

    /// <summary>Forgets all, at the end of the warm-up.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _total.Reset();
            _interval.Reset();
        }
    }
}
