using ActorBroker.CommandLine.Invocation;
using Spectre.Console;

namespace ActorBroker.CommandLine.Output;

/// <summary>Shows how far a long work of this process has come, where somebody looks at it: on standard error.</summary>
public static class ProgressBar
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Does the work on another thread.</summary>
    /// <param name="title">What it is.</param>
    /// <param name="work">The work; it is told whom to tell the part that is done, from 0 to 1: null where nobody looks.</param>
    public static Task<T> RunAsync<T>(string title, Func<IProgress<double>?, T> work) => CommandConsole.OfProcess() is { Dialog: not null } console
        ? ShowAsync(console, title, part => Task.Run(() => work(part)))
        : Task.FromResult(work(null));

    /// <summary>Shows how far a work has come.</summary>
    /// <param name="console">Where.</param>
    /// <param name="title">What it is.</param>
    /// <param name="work">The work.</param>
    internal static Task<T> ShowAsync<T>(CommandConsole console, string title, Func<IProgress<double>?, Task<T>> work) => console.Dialog is not { } dialog
        ? work(null)
        : dialog.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new RemainingTimeColumn())
            .StartAsync(drawing => work(new Part(drawing.AddTask(title.EscapeMarkup(), maxValue: 1))));

    /// <summary>Does work that makes a file, whose growth says how far it has come.</summary>
    /// <param name="title">What it is.</param>
    /// <param name="lengthSoFar">The bytes that are there.</param>
    /// <param name="length">The bytes that there will be, more or less.</param>
    /// <param name="work">The work.</param>
    public static Task<T> WatchAsync<T>(string title, Func<long> lengthSoFar, long length, Func<T> work) => RunAsync(
        title,
        part =>
        {
            using var watch = part is null
                ? null
                : new Timer(_ => part.Report(Math.Min((double)lengthSoFar() / Math.Max(length, 1), 1)), null, TimeSpan.Zero, WatchInterval);
            return work();
        });

    private sealed class Part(ProgressTask bar) : IProgress<double>
    {
        public void Report(double value) => bar.Value = value;
    }
}
