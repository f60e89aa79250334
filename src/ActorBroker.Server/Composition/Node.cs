using ActorBroker.Broker;
using ActorBroker.Broker.Alarms;
using ActorBroker.Broker.Clustering;
using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Time;
using ActorBroker.Management;
using Akka.Actor.Setup;
using Akka.Configuration;
using Serilog;

namespace ActorBroker.Server.Composition;

/// <summary>One broker node from start to exit. Each subsystem has a file of its own beside this one.</summary>
internal static class Node
{
    // A node that served for so long before it was removed begins anew to wait.
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    /// <summary>Runs until a signal, or until the one node's actor system ends by itself; answers the exit code.</summary>
    /// <exception cref="StartupException">The node cannot start; nothing is left running.</exception>
    public static async Task<int> RunAsync(NodeArguments arguments)
    {
        NativeMemory.ShareHeaps();
        using var signals = new TerminationSignals();
        var config = arguments.LoadConfiguration();
        var options = arguments.ReadOptions(config);
        await using var logging = LoggingSubsystem.Start(options.Logging);
        using var awake = new AwakeClock(TimeProvider.System);
        using var folder = DataFolder.Open(options.Data);
        await using var store = await NodeStore.OpenAsync(folder, options).ConfigureAwait(false);
        await using var claim = ClaimOf(options);
        var health = new NodeHealth(claim);
        var managed = new ManagedNode();
        await using var http = await ManagementSubsystem.StartAsync(options.Listener(ListenerOptions.Http), options, health, managed).ConfigureAwait(false);
        await using var https = await ManagementSubsystem.StartAsync(options.Listener(ListenerOptions.Https), options, health, managed).ConfigureAwait(false);
        await using var metrics = await MetricsSubsystem.StartAsync(options.Listener(ListenerOptions.Prometheus), health, managed).ConfigureAwait(false);
        using var telemetry = TelemetrySubsystem.Start(options.Telemetry);
        var terms = new ClusterTerms(options.Cluster.Shards, options.Cluster.IsStore ? store.Databases : []);
        var ofNode = (options.Cluster.IsOneOfSeveral ? terms.Apply(config) : config).WithFallback(BrokerSubsystem.AkkaDefaults);
        return await RunAsync(
            store, () => SetupOf(store, ofNode, options), options, new ClusterMembership(options.Cluster, claim, terms), health,
            managed, new SteadyClock(awake), signals).ConfigureAwait(false);
    }

    private static ActorSystemSetup SetupOf(NodeStore store, Config config, BrokerOptions options)
    {
        var setup = store.SetupOf(config);
        return NodeTls.SetupOf(options.Cluster.Tls) is { } tls ? setup.And(tls) : setup;
    }

    private static IClusterClaim ClaimOf(BrokerOptions options)
    {
        if (options.Journal.Provider == JournalProvider.PostgreSql)
        {
            return new PostgreSqlClaim(
                options.Journal.ConnectionString,
                options.Cluster.Port == 0 ? options.Cluster.Host : new NodeAddress(options.Cluster.Host, options.Cluster.Port).ToString(),
                static trouble => Log.Warning("{Trouble}", trouble));
        }

        return options.Cluster is { IsOneOfSeveral: true, IsStore: true }
            ? throw new StartupException("actorbroker.journal.provider = sqlite: several nodes share one journal, which takes postgresql")
            : new LocalClaim();
    }

    // One of several nodes comes back by itself, where the end of the only one is the end. One that an operator has stopped
    // waits for an operator.
    private static async Task<int> RunAsync(
        NodeStore store, Func<ActorSystemSetup> setup, BrokerOptions options, ClusterMembership membership, NodeHealth health, ManagedNode managed,
        TimeProvider clock, TerminationSignals signals)
    {
        var (wait, longest) = options.Cluster.RejoinAfter;
        var pause = new NodePause(new NodeSwitch(), store, membership.Claim, signals);
        while (true)
        {
            var started = clock.GetTimestamp();
            var run = new NodeRun(setup(), options, membership, health, managed, clock, signals, pause.Switch);
            var end = await pause.RunAsync(run).ConfigureAwait(false);
            if (end is RunEnd.Ended or RunEnd.EndedBadly)
            {
                return end == RunEnd.Ended ? 0 : 1;
            }

            if (end == RunEnd.Stopped)
            {
                options = AtTheSamePlaces(options, run);
                if (!await pause.UntilStartAsync().ConfigureAwait(false))
                {
                    return 0;
                }

                continue;
            }

            if (!options.Cluster.IsOneOfSeveral)
            {
                Log.Error("The node was removed from its cluster and has stopped");
                return 1;
            }

            wait = run.HasServed && clock.GetElapsedTime(started) > Settled ? options.Cluster.RejoinAfter.First : wait;
            Log.Warning("The node joins its cluster again in {Wait}", wait);
            if (await Task.WhenAny(signals.Received, Task.Delay(wait)).ConfigureAwait(false) == signals.Received)
            {
                return 0;
            }

            wait = wait * 2 < longest ? wait * 2 : longest;
            options = AtTheSamePlaces(options, run);
        }
    }

    // Clients look for listeners where they were, also where any free port would have done.
    private static BrokerOptions AtTheSamePlaces(BrokerOptions options, NodeRun run)
    {
        var ports = run.Listeners.ToDictionary(static bound => bound.Name, static bound => bound.EndPoint.Port);
        return options with
        {
            Listeners = [.. options.Listeners.Select(listener =>
                ports.TryGetValue(listener.Name, out var port) ? listener with { Port = port } : listener)],
        };
    }
}
