using System.Diagnostics;
using System.Text.Json;
using ActorBroker.PerfTest.Checking;
using ActorBroker.PerfTest.Reporting;
using Xunit;

namespace ActorBroker.PerfTest.Tests.Reporting;

public sealed class RunSummaryTests
{
    private static readonly Totals From = new(At: 1000, Published: 100, Consumed: 50, Confirmed: 80, Rejected: 1);
    private static readonly Totals To = new(1000 + (2 * Stopwatch.Frequency), 2100, 1050, 1080, 3);

    [Fact]
    public void Rates_are_of_what_happened_between_two_moments()
    {
        var summary = RunSummary.Of(From, To, bodySize: 1000);

        Assert.Equal((2000, 1000, 1000, 2), (summary.Published, summary.Consumed, summary.Confirmed, summary.Rejected));
        Assert.Equal((1000, 500, 500), (summary.PublishedPerSecond, summary.ConsumedPerSecond, summary.ConfirmedPerSecond));
        Assert.Equal((1.0, 0.5), (summary.PublishedMegabytesPerSecond, summary.ConsumedMegabytesPerSecond));
        Assert.Equal(2.0, summary.Seconds);
    }

    [Fact]
    public void The_json_is_one_line_with_everything_in_it()
    {
        var summary = RunSummary.Of(From, To, bodySize: 16) with { Latency = new LatencyPercentiles(1, 2, 3, 4, 5, 6), Foreign = 9 };
        var json = summary.With(new SequenceFaults(Lost: 1, Duplicates: 2, OutOfOrder: 3)).ToJson();

        Assert.DoesNotContain('\n', json);
        var root = JsonDocument.Parse(json).RootElement;
        Assert.Equal(2000, root.GetProperty("published").GetInt64());
        Assert.Equal(500, root.GetProperty("consumedPerSecond").GetDouble());
        Assert.Equal(4, root.GetProperty("latency").GetProperty("p99").GetInt64());
        Assert.Equal(5, root.GetProperty("latency").GetProperty("p999").GetInt64());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("confirmLatency").ValueKind);
        Assert.Equal((1, 2, 3, 6, 9), (
            root.GetProperty("lost").GetInt64(), root.GetProperty("duplicates").GetInt64(),
            root.GetProperty("outOfOrder").GetInt64(), root.GetProperty("bad").GetInt64(), root.GetProperty("foreign").GetInt64()));
    }

    [Fact]
    public void A_run_without_measurable_time_has_finite_rates()
    {
        var summary = RunSummary.Of(From, From with { Published = 101 }, bodySize: 16);

        Assert.True(double.IsFinite(summary.PublishedPerSecond));
        Assert.NotEmpty(summary.ToJson());
    }

    [Fact]
    public void Latencies_before_the_end_of_the_warm_up_are_forgotten()
    {
        var recorder = new LatencyRecorder();
        recorder.Record(Stopwatch.Frequency, 5);
        recorder.Clear();
        Assert.Null(recorder.Total());

        recorder.Record(Stopwatch.Frequency / 1000, 5);
        Assert.NotNull(recorder.EndInterval());
        Assert.Null(recorder.EndInterval());
        Assert.InRange(recorder.Total()!.P99, 999, 1001);
    }
}
