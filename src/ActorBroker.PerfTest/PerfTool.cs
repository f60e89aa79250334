using System.CommandLine;
using System.Runtime.InteropServices;
using ActorBroker.PerfTest.Load;
using ActorBroker.PerfTest.Options;
using ActorBroker.PerfTest.Reporting;

namespace ActorBroker.PerfTest;

/// <summary>The tool as it is run from a command line, its own or another's.</summary>
internal static class PerfTool
{
    /// <summary>Messages were lost, repeated or out of order.</summary>
    public const int MessagesWereBad = 1;

    /// <summary>There was no run, or it failed.</summary>
    public const int CouldNotRun = 2;

    /// <summary>Has the command run the tool.</summary>
    /// <param name="command">The command.</param>
    /// <param name="name">What stands before errors.</param>
    /// <param name="show">Shows how far a run has come that prints nothing meanwhile; null where nobody looks.</param>
    public static Command SetUp(PerfCommand command, string name, Func<Func<IProgress<double>?, RunSummary>, RunSummary>? show = null)
    {
        command.Command.SetAction(line => Run(command, line, name, show ?? (static run => run(null))));
        return command.Command;
    }

    /// <summary>Says what is wrong, and ends.</summary>
    public static int Refuse(string name, string problem)
    {
        Console.Error.WriteLine($"{name}: {problem}");
        return CouldNotRun;
    }

    private static int Run(PerfCommand command, ParseResult line, string name, Func<Func<IProgress<double>?, RunSummary>, RunSummary> show)
    {
        using var userStop = new CancellationTokenSource();
        void OnSignal(PosixSignalContext signal)
        {
            // The first time the run ends in order, the second time the process does at once.
            signal.Cancel = !userStop.IsCancellationRequested;
            userStop.Cancel();
        }

        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        try
        {
            var options = command.Read(line);
            var summary = options.Json
                ? show(part => new LoadRun(options, TextWriter.Null, userStop.Token, part).Execute())
                : new LoadRun(options, Console.Out, userStop.Token).Execute();
            Console.WriteLine(options.Json ? summary.ToJson() : summary.ToText());
            return summary.Bad > 0 ? MessagesWereBad : 0;
        }
        catch (Exception error) when (error is FormatException or LoadException)
        {
            return Refuse(name, error.Message);
        }
    }
}
