using System.Net;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Options;
using ActorBroker.Embedded;
using ActorBroker.Management;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Serilog;

namespace ActorBroker.Server.Composition;

/// <summary>
/// A node's time in its cluster: from a new actor system to its end. One that was removed from its cluster can only join
/// again as a new one.
/// </summary>
/// <param name="setup">Of the actor system.</param>
/// <param name="options">The node's settings.</param>
/// <param name="membership">How it joins.</param>
/// <param name="health">Told how it is.</param>
/// <param name="managed">Given what is served.</param>
/// <param name="clock">Of everything in it.</param>
/// <param name="signals">Have it end.</param>
internal sealed class NodeRun(
    ActorSystemSetup setup, BrokerOptions options, ClusterMembership membership, NodeHealth health, ManagedNode managed, TimeProvider clock,
    TerminationSignals signals)
{
    private bool _isServing;

    /// <summary>What has the process itself be found by clients: the addresses of listeners, once they are bound.</summary>
    public IReadOnlyList<(string Name, IPEndPoint EndPoint)> Listeners { get; private set; } = [];

    /// <summary>Whether clients were served.</summary>
    public bool HasServed => _isServing;

    /// <summary>Runs until a signal, or until the node is removed from its cluster.</summary>
    /// <returns>The exit code after a signal; null when the node was removed, or not served.</returns>
    /// <exception cref="StartupException">The node cannot start; nothing is left running.</exception>
    public async Task<int?> RunAsync()
    {
        var system = CreateSystem();
        try
        {
            await ServeAsync(system).ConfigureAwait(false);
            await Task.WhenAny(signals.Received, system.WhenTerminated).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (signals.Received.IsCompleted)
        {
            // The signal came while the node was waiting to be let in.
        }
        catch (Exception failure) when (system.WhenTerminated.IsCompleted && options.Cluster.IsOneOfSeveral)
        {
            Log.Warning("The node was removed from its cluster before it was ready: {Reason}", failure.Message);
        }
        catch (AskTimeoutException failure) when (options.Cluster.IsOneOfSeveral)
        {
            // No store has joined yet, or the journal does not answer.
            Log.Warning("The cluster does not answer: {Reason}", failure.Message.ReplaceLineEndings(" "));
            await EndAsync(system).ConfigureAwait(false);
            return null;
        }
        catch
        {
            await EndAsync(system).ConfigureAwait(false);
            throw;
        }

        var wasRemoved = !signals.Received.IsCompleted;
        var exitCode = wasRemoved ? 1 : await StopAsync(system).ConfigureAwait(false);
        health.Leaves();
        managed.Broker = null;
        await membership.LeaveAsync(system).ConfigureAwait(false);
        return wasRemoved ? null : exitCode;
    }

    private async Task ServeAsync(ActorSystem system)
    {
        await membership.JoinAsync(system, signals.Stop).ConfigureAwait(false);
        if (system.WhenTerminated.IsCompleted)
        {
            return;
        }

        if (options.Cluster.IsOneOfSeveral)
        {
            system.ActorOf(LostNodeWatch.Props(system.Settings.Config, TimeProvider.System), "lost-node-watch");
        }

        health.Joined();
        Leaving(system, health);
        Listeners = await EdgeSubsystem.StartAsync(system, options, clock).ConfigureAwait(false);
        managed.Broker = ManagedBroker.Of(system, options, clock);
        health.Serves(Listeners);
        Show(system);
        _isServing = true;
        await ReadyLine.PrintAsync(health.Listeners, NodePlace(system)).ConfigureAwait(false);
    }

    private void Show(ActorSystem system)
    {
        var node = Cluster.Get(system).SelfAddress.HostPort();
        SystemManagement.Of(system).Listeners =
            [.. health.Listeners.Select(bound => new ListenerInfo(node, bound.Name, bound.EndPoint.Address.ToString(), bound.EndPoint.Port))];
    }

    private NodeAddress? NodePlace(ActorSystem system) =>
        Cluster.Get(system).SelfAddress is { Host: { } host, Port: { } port } && options.Cluster.IsOneOfSeveral ? new NodeAddress(host, port) : null;

    private static void Leaving(ActorSystem system, NodeHealth health) =>
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "tell of leaving", () =>
        {
            health.Leaves();
            return Task.FromResult(Akka.Done.Instance);
        });

    // Akka checks its own settings only here, and says what is wrong by exceptions of many kinds.
    private ActorSystem CreateSystem()
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

    private async Task EndAsync(ActorSystem system)
    {
        await StopAsync(system).ConfigureAwait(false);
        await membership.LeaveAsync(system).ConfigureAwait(false);
    }

    private async Task<int> StopAsync(ActorSystem system)
    {
        if (signals.Received.IsCompleted)
        {
            Log.Information("Stopping on {Signal}", await signals.Received.ConfigureAwait(false));
        }

        var limit = options.Cluster.ShutdownLimit;
        var stopped = CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance);
        if (await Task.WhenAny(stopped, Task.Delay(limit)).ConfigureAwait(false) == stopped)
        {
            await stopped.ConfigureAwait(false);
            return 0;
        }

        Log.Error("Stopping took longer than {Limit}", limit);
        return 1;
    }
}
