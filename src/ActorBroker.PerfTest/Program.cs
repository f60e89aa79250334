using System.Runtime.InteropServices;
using ActorBroker.PerfTest;
using ActorBroker.PerfTest.Load;
using ActorBroker.PerfTest.Options;

const int messagesWereBad = 1;
const int couldNotRun = 2;

var command = new PerfCommand();
command.Root.SetAction(line => Run(command, line));
var line = command.Root.Parse(args);
return line.Errors.Count > 0 ? Refuse(line.Errors[0].Message) : line.Invoke();

static int Run(PerfCommand command, System.CommandLine.ParseResult line)
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
        var summary = new LoadRun(options, options.Json ? TextWriter.Null : Console.Out, userStop.Token).Execute();
        Console.WriteLine(options.Json ? summary.ToJson() : summary.ToText());
        return summary.Bad > 0 ? messagesWereBad : 0;
    }
    catch (Exception error) when (error is FormatException or LoadException)
    {
        return Refuse(error.Message);
    }
}

static int Refuse(string problem)
{
    Console.Error.WriteLine($"actorbroker-perf: {problem}");
    return couldNotRun;
}
