using System.Diagnostics;
using System.Globalization;
using System.Net;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Arguments;
using ActorBroker.RabbitMqCtl.Invocation;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>Waiting for nodes.</summary>
internal static class StartupCommands
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public static IEnumerable<Command> All =>
    [
        new("await_startup", HelpSection.Nodes, "await_startup", "Waits for the RabbitMQ application to start on the target node")
        {
            HasTimeout = true,
            TimeoutDefault = 300,
            IsOffline = true,
            Run = static async request =>
            {
                await AwaitAsync(request, static () => true).ConfigureAwait(false);
                return new Outcome.Done();
            },
        },
        new("await_online_nodes", HelpSection.Nodes, "await_online_nodes <count>", "Waits for <count> nodes to join the cluster")
        {
            Takes = (1, 1),
            HasTimeout = true,
            TimeoutDefault = 300,
            Check = static request => CountOf(request),
            Banner = static request => $"Will wait for at least {request.Arguments[0]} nodes to join the cluster of {request.Node}. Timeout: {request.Timeout!.Value.TotalSeconds:0} seconds.",
            Run = AwaitNodesAsync,
        },
        new("wait", HelpSection.Nodes, "wait [<pidfile>] [--pid|-P <pid>]", "Waits for RabbitMQ node startup by monitoring a local PID file. See also 'rabbitmqctl await_online_nodes'")
        {
            Takes = (0, 1),
            HasTimeout = true,
            TimeoutDefault = 10,
            IsOffline = true,
            IsDiagnostics = true,
            Switches = [new("pid", SwitchKind.Number, 'P'), new("timeout", SwitchKind.Number, 't')],
            Explanations = [("<pidfile>", "PID file path"), ("--pid <pid>", "operating system PID to monitor")],
            Check = static request =>
            {
                var hasNumber = request.Number("pid") is not null;
                if (request.Arguments.Count > 0 == hasNumber)
                {
                    throw new BadArgumentsException(hasNumber ? "\"Cannot specify both pid and pidfile\"" : "\"No pid or pidfile specified\"");
                }
            },
            Run = WaitAsync,
        },
    ];

    private static long CountOf(Request request) =>
        long.TryParse(request.Arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw BadArgumentsException.BadArgument("Argument must be a positive integer");

    // Until the broker answers; whoever asks is told when it is no use to go on.
    private static async Task AwaitAsync(Request request, Func<bool> isWorthWaiting)
    {
        while (true)
        {
            if (!isWorthWaiting())
            {
                throw CommandFailedException.Of(ExitCodes.Unavailable, "process_not_running");
            }

            try
            {
                await request.ConnectAsync().ConfigureAwait(false);
                if (request.IsRunning)
                {
                    return;
                }
            }
            catch (Exception failure) when (failure is ApiUnreachableException or ApiException { Status: HttpStatusCode.ServiceUnavailable })
            {
                // Not yet.
            }

            await Task.Delay(Pause, request.Ended).ConfigureAwait(false);
        }
    }

    private static async Task<Outcome> AwaitNodesAsync(Request request)
    {
        var count = CountOf(request);
        while (true)
        {
            var nodes = await request.Client.ListAsync(ApiPath.Of("nodes").Where("columns", "name,running"), request.Ended).ConfigureAwait(false);
            if (nodes.Count(static node => (bool?)node!["running"] == true) >= count)
            {
                return new Outcome.Done();
            }

            await Task.Delay(Pause, request.Ended).ConfigureAwait(false);
        }
    }

    private static async Task<Outcome> WaitAsync(Request request)
    {
        var number = request.Number("pid") ?? await ReadAsync(request, request.Arguments[0]).ConfigureAwait(false);
        await SayAsync(request, $"Waiting for erlang distribution on node '{request.Node}' while OS process '{number}' is running").ConfigureAwait(false);
        await AwaitAsync(request, () => IsRunning(number)).ConfigureAwait(false);
        await SayAsync(request, $"Waiting for applications 'rabbit_and_plugins' to start on node '{request.Node}'").ConfigureAwait(false);
        await SayAsync(request, $"Applications 'rabbit_and_plugins' are running on node '{request.Node}'").ConfigureAwait(false);
        return new Outcome.Done();
    }

    private static async Task<long> ReadAsync(Request request, string file)
    {
        await SayAsync(request, $"Waiting for pid file '{file}' to appear").ConfigureAwait(false);
        while (!File.Exists(file))
        {
            await Task.Delay(Pause, request.Ended).ConfigureAwait(false);
        }

        var text = await File.ReadAllTextAsync(file, request.Ended).ConfigureAwait(false);
        var digits = string.Concat(text.TakeWhile(char.IsAsciiDigit));
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw new CommandFailedException(ExitCodes.Software, "Error:\nError: garbage in pid file.");
        }

        await SayAsync(request, $"pid is {number}").ConfigureAwait(false);
        return number;
    }

    private static bool IsRunning(long number)
    {
        try
        {
            using var process = Process.GetProcessById((int)Math.Min(number, int.MaxValue));
            return !process.HasExited;
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static Task SayAsync(Request request, string text) => request.IsQuiet ? Task.CompletedTask : request.Terminal.Out.WriteLineAsync(text);
}
