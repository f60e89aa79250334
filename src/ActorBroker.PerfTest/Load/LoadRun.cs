using System.Diagnostics;
using ActorBroker.PerfTest.Checking;
using ActorBroker.PerfTest.Options;
using ActorBroker.PerfTest.Reporting;

namespace ActorBroker.PerfTest.Load;

/// <summary>
/// One run from declaring the queues to the summary: warm-up, measured time, then waiting until all that was published has
/// come, so that it can be said what did not.
/// </summary>
/// <param name="output">Where the progress goes.</param>
/// <param name="userStop">Ends the measured time early.</param>
/// <param name="part">Told each second which part of the run is over, from 0 to 1; null for nobody.</param>
internal sealed class LoadRun(PerfOptions options, TextWriter output, CancellationToken userStop, IProgress<double>? part = null)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private readonly LatencyRecorder _latencies = new();
    private readonly LatencyRecorder _confirmLatencies = new();

    /// <exception cref="LoadException">The run failed; there is nothing to summarize.</exception>
    public RunSummary Execute()
    {
        var topology = new Topology(options);
        topology.Prepare();
        var run = Random.Shared.Next(MessageStamp.RunMax + 1);
        var check = new DeliveryCheck(options, run, topology.ReadyAtStart);
        using var failure = new FirstFailure();
        RunSummary summary;
        using (var workforce = new Workforce(options, failure))
        {
            workforce.Hire(run, check, _latencies, _confirmLatencies);
            summary = Measure(workforce, check, failure);
            failure.ThrowIfAny();
            workforce.Close();
        }

        topology.Remove();
        return summary;
    }

    private RunSummary Measure(Workforce workforce, DeliveryCheck check, FirstFailure failure)
    {
        var startedAt = Stopwatch.GetTimestamp();
        double PartOf(in Totals totals) => options.Duration is { } duration
            ? Math.Min(Stopwatch.GetElapsedTime(startedAt, totals.At) / (options.Warmup + duration), 1)
            : Math.Min((double)Math.Max(totals.Published, totals.Consumed) / Math.Max(options.Count ?? long.MaxValue, 1), 1);
        var progress = new ProgressReport(output, options.Size, _latencies, _confirmLatencies);
        var pulse = new Pulse(workforce, progress, failure, totals => part?.Report(PartOf(totals)));
        workforce.Start();
        if (options.Warmup > TimeSpan.Zero)
        {
            pulse.Wait(totals => userStop.IsCancellationRequested || totals.SecondsSince(pulse.Start) >= options.Warmup.TotalSeconds, " (warm-up)");
            _latencies.Clear();
            _confirmLatencies.Clear();
        }

        var from = options.Warmup > TimeSpan.Zero ? workforce.Totals() : pulse.Start;
        if (options.Duration is { } duration)
            pulse.Wait(totals => userStop.IsCancellationRequested || totals.SecondsSince(from) >= duration.TotalSeconds, "");
        var to = workforce.Totals();
        var summary = options.Duration is null ? null : Summarize(from, to);

        if (options.Duration is not null)
            workforce.StopPublishing();
        pulse.Wait(totals => IsOver(workforce, check, pulse, totals), options.Duration is null ? "" : " (emptying)");
        var end = workforce.Totals();
        summary ??= Summarize(from, end with { At = workforce.LastDeliveryAt > 0 ? workforce.LastDeliveryAt : pulse.LastProgressAt });
        return summary.With(check.Faults(workforce.Producers, end.Consumed)) with { Foreign = check.Foreign };
    }

    private bool IsOver(Workforce workforce, DeliveryCheck check, Pulse pulse, in Totals totals)
    {
        if (userStop.IsCancellationRequested)
            workforce.StopPublishing();
        return (workforce.IsPublishingOver && check.IsComplete(workforce.Producers, totals.Consumed))
            || Stopwatch.GetElapsedTime(pulse.LastProgressAt, totals.At) > options.Patience;
    }

    private RunSummary Summarize(in Totals from, in Totals to) => RunSummary.Of(from, to, options.Size) with
    {
        Latency = _latencies.Total(),
        ConfirmLatency = _confirmLatencies.Total(),
    };

    /// <summary>Looks at the totals every few milliseconds, and reports them every second.</summary>
    private sealed class Pulse
    {
        private readonly Workforce _workforce;
        private readonly ProgressReport _progress;
        private readonly FirstFailure _failure;
        private readonly Action<Totals> _tell;
        private Totals _last;
        private long _reportedAt;

        public Pulse(Workforce workforce, ProgressReport progress, FirstFailure failure, Action<Totals> tell)
        {
            (_workforce, _progress, _failure, _tell) = (workforce, progress, failure, tell);
            Start = _last = workforce.Totals();
            LastProgressAt = _reportedAt = Start.At;
            progress.Begin(Start);
        }

        public Totals Start { get; }

        /// <summary>When something was last seen to be published, settled or delivered.</summary>
        public long LastProgressAt { get; private set; }

        public void Wait(Predicate<Totals> isOver, string phase)
        {
            while (true)
            {
                var totals = _workforce.Totals();
                if ((totals with { At = _last.At }) != _last)
                    LastProgressAt = totals.At;
                _last = totals;
                if (Stopwatch.GetElapsedTime(_reportedAt, totals.At) >= TimeSpan.FromSeconds(1))
                {
                    _progress.Print(totals, phase);
                    _tell(totals);
                    _reportedAt = totals.At;
                }

                if (isOver(totals) || _failure.Stop.WaitHandle.WaitOne(PollInterval))
                    return;
            }
        }
    }
}
