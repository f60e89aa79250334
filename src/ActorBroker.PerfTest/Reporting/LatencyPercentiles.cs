using HdrHistogram;

namespace ActorBroker.PerfTest.Reporting;

/// <summary>Percentiles of latency, in microseconds.</summary>
internal sealed record LatencyPercentiles(long P50, long P75, long P95, long P99, long P999, long Max)
{
    /// <summary>Null if nothing was recorded.</summary>
    public static LatencyPercentiles? Of(HistogramBase histogram) => histogram.TotalCount == 0
        ? null
        : new LatencyPercentiles(
            histogram.GetValueAtPercentile(50), histogram.GetValueAtPercentile(75), histogram.GetValueAtPercentile(95),
            histogram.GetValueAtPercentile(99), histogram.GetValueAtPercentile(99.9), histogram.GetMaxValue());
}
