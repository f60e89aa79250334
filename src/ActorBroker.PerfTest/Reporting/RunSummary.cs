using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorBroker.PerfTest.Checking;

namespace ActorBroker.PerfTest.Reporting;

/// <summary>
/// What came out of a run. Counts and rates are those of the measured time, without warm-up and without the emptying of the
/// queues after it; lost, repeated and late messages are those of the whole run. Latencies are in microseconds.
/// </summary>
internal sealed record RunSummary
{
    private const double BytesPerMegabyte = 1_000_000;

    public double Seconds { get; init; }

    public long Published { get; init; }

    public long Confirmed { get; init; }

    /// <summary>Refused by the broker with <c>basic.nack</c>.</summary>
    public long Rejected { get; init; }

    public long Consumed { get; init; }

    public double PublishedPerSecond { get; init; }

    public double ConfirmedPerSecond { get; init; }

    public double ConsumedPerSecond { get; init; }

    /// <summary>Bodies only, a megabyte being 10^6 bytes.</summary>
    public double PublishedMegabytesPerSecond { get; init; }

    public double ConsumedMegabytesPerSecond { get; init; }

    public LatencyPercentiles? Latency { get; init; }

    public LatencyPercentiles? ConfirmLatency { get; init; }

    public long Lost { get; init; }

    public long Duplicates { get; init; }

    public long OutOfOrder { get; init; }

    /// <summary>Messages of other runs, which were not checked.</summary>
    public long Foreign { get; init; }

    public long Bad => Lost + Duplicates + OutOfOrder;

    /// <param name="bodySize">Bytes of each body.</param>
    public static RunSummary Of(in Totals from, in Totals to, int bodySize)
    {
        // A run of one message may take no measurable time.
        var seconds = Math.Max(to.SecondsSince(from), 1.0 / Stopwatch.Frequency);
        var (published, consumed) = (to.Published - from.Published, to.Consumed - from.Consumed);
        var confirmed = to.Confirmed - from.Confirmed;
        return new RunSummary
        {
            Seconds = Math.Round(seconds, 3),
            Published = published,
            Confirmed = confirmed,
            Rejected = to.Rejected - from.Rejected,
            Consumed = consumed,
            PublishedPerSecond = Math.Round(published / seconds, 1),
            ConfirmedPerSecond = Math.Round(confirmed / seconds, 1),
            ConsumedPerSecond = Math.Round(consumed / seconds, 1),
            PublishedMegabytesPerSecond = Math.Round(published / seconds * bodySize / BytesPerMegabyte, 3),
            ConsumedMegabytesPerSecond = Math.Round(consumed / seconds * bodySize / BytesPerMegabyte, 3),
        };
    }

    public RunSummary With(in SequenceFaults faults) =>
        this with { Lost = faults.Lost, Duplicates = faults.Duplicates, OutOfOrder = faults.OutOfOrder };

    public string ToJson() => JsonSerializer.Serialize(this, SummaryJson.Default.RunSummary);

    public string ToText()
    {
        var lines = new List<string>
        {
            Line($"measured  {Seconds:F1} s"),
            Line($"published {Published:N0}, {PublishedPerSecond:N0}/s, {PublishedMegabytesPerSecond:N1} MB/s"),
            Line($"consumed  {Consumed:N0}, {ConsumedPerSecond:N0}/s, {ConsumedMegabytesPerSecond:N1} MB/s"),
        };
        if (Confirmed + Rejected > 0)
            lines.Add(Line($"confirmed {Confirmed:N0}, {ConfirmedPerSecond:N0}/s, rejected {Rejected:N0}"));
        if (Latency is not null)
            lines.Add("latency   " + TextOf(Latency));
        if (ConfirmLatency is not null)
            lines.Add("confirm   " + TextOf(ConfirmLatency));
        lines.Add(Line($"check     lost {Lost:N0}, duplicates {Duplicates:N0}, out of order {OutOfOrder:N0}, of other runs {Foreign:N0}"));
        return string.Join(Environment.NewLine, lines);
    }

    private static string TextOf(LatencyPercentiles latency) => Line(
        $"p50 {latency.P50:N0} us, p75 {latency.P75:N0}, p95 {latency.P95:N0}, p99 {latency.P99:N0}, p99.9 {latency.P999:N0}, max {latency.Max:N0}");

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunSummary))]
internal sealed partial class SummaryJson : JsonSerializerContext;
