using ActorBroker.Contracts.Options;
using ActorBroker.Broker.Alarms;
using ActorBroker.Broker.Persistence;
using ActorBroker.Core.Time;
using Akka.Actor;
using Akka.Actor.Setup;
using Serilog;

namespace ActorBroker.Server.Composition;

/// <summary>One broker node from start to exit. Each subsystem has a file of its own beside this one.</summary>
internal static class Node
{
    /// <summary>All of a shutdown, in the time that service supervisors grant before they kill.</summary>
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(9);

    /// <summary>Runs until a signal or until the actor system ends by itself; answers the exit code.</summary>
    /// <exception cref="Contracts.Options.StartupException">The node cannot start; nothing is left running.</exception>
    public static async Task<int> RunAsync(NodeArguments arguments)
    {
        NativeMemory.ShareHeaps();
        using var signals = new TerminationSignals();
        var config = arguments.LoadConfiguration();
        var options = arguments.ReadOptions(config);
        await using var logging = LoggingSubsystem.Start(options.Logging);
        using var awake = new AwakeClock(TimeProvider.System);
        using var folder = DataFolder.Open(options.Data);
        using var journals = await JournalStores.OpenAsync(
            folder,
            options.Journal,
            failure => Log.Warning("Upkeep of the journal failed, to be tried again: {Reason}", failure.Message)).ConfigureAwait(false);
        var system = CreateSystem(journals.SetupOf(config));
        try
        {
            await ClusterSubsystem.JoinAsync(system).ConfigureAwait(false);
            var listeners = await ListenerSubsystem.StartAsync(system, options, new SteadyClock(awake)).ConfigureAwait(false);
            await ReadyLine.PrintAsync(listeners).ConfigureAwait(false);
            await Task.WhenAny(signals.Received, system.WhenTerminated).ConfigureAwait(false);
        }
        catch
        {
            await system.Terminate().ConfigureAwait(false);
            throw;
        }

        return await StopAsync(system, signals).ConfigureAwait(false);
    }

    // Akka checks its own settings only here, and says what is wrong by exceptions of many kinds.
    private static ActorSystem CreateSystem(ActorSystemSetup setup)
    {
        try
        {
            return ActorSystem.Create("actorbroker", setup);
        }
        catch (Exception failure) when (failure is ArgumentException or AkkaException or FormatException or TypeLoadException or InvalidOperationException)
        {
            throw new StartupException($"a setting under akka cannot be used: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }
    }

    private static async Task<int> StopAsync(ActorSystem system, TerminationSignals signals)
    {
        if (!signals.Received.IsCompleted)
        {
            Log.Error("The node was removed from its cluster and has stopped");
            return 1;
        }

        Log.Information("Stopping on {Signal}", await signals.Received.ConfigureAwait(false));
        var stopped = CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance);
        if (await Task.WhenAny(stopped, Task.Delay(ShutdownLimit)).ConfigureAwait(false) == stopped)
        {
            await stopped.ConfigureAwait(false);
            return 0;
        }

        Log.Error("Stopping took longer than {Limit}", ShutdownLimit);
        return 1;
    }
}
