using System.Globalization;

namespace ActorBroker.PerfTest.Reporting;

/// <summary>Prints a line about each second of a run.</summary>
internal sealed class ProgressReport(TextWriter output, int bodySize, LatencyRecorder latencies, LatencyRecorder confirmLatencies)
{
    private Totals _previous;

    public void Begin(in Totals totals) => _previous = totals;

    /// <param name="phase">What the run is doing other than being measured, or empty.</param>
    public void Print(in Totals totals, string phase)
    {
        var interval = RunSummary.Of(_previous, totals, bodySize);
        _previous = totals;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"published {interval.PublishedPerSecond,11:N0}/s {interval.PublishedMegabytesPerSecond,8:N1} MB/s | confirmed {interval.ConfirmedPerSecond,11:N0}/s{TextOf(confirmLatencies)} | consumed {interval.ConsumedPerSecond,11:N0}/s {interval.ConsumedMegabytesPerSecond,8:N1} MB/s{TextOf(latencies)}{phase}"));
    }

    private static string TextOf(LatencyRecorder latencies) => latencies.EndInterval() is { } latency
        ? string.Create(CultureInfo.InvariantCulture, $" p50 {latency.P50:N0} p99 {latency.P99:N0} us")
        : "";
}
