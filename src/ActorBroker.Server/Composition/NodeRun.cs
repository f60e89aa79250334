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
/// <param name="nodeSwitch">Has it stop for a time.</param>
internal sealed class NodeRun(
    ActorSystemSetup setup, BrokerOptions options, ClusterMembership membership, NodeHealth health, ManagedNode managed, TimeProvider clock,
    TerminationSignals signals, NodeSwitch nodeSwitch)
{
    private bool _isServing;

    /// <summary>What has the process itself be found by clients: the addresses of listeners, once they are bound.</summary>
    public IReadOnlyList<(string Name, IPEndPoint EndPoint)> Listeners { get; private set; } = [];

    /// <summary>Whether clients were served.</summary>
    public bool HasServed => _isServing;

    /// <summary>Runs until a signal, until an operator stops it, or until the node is removed from its cluster.</summary>
    /// <exception cref="StartupException">The node cannot start; nothing is left running.</exception>
    public async Task<RunEnd> RunAsync()
    {
        var system = CreateSystem();
        try
        {
            await ServeAsync(system).ConfigureAwait(false);
            await Task.WhenAny(signals.Received, nodeSwitch.Wanted, system.WhenTerminated).ConfigureAwait(false);
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
            return RunEnd.Removed;
        }
        catch
        {
            await EndAsync(system).ConfigureAwait(false);
            throw;
        }

        var isToStop = nodeSwitch.Wanted.IsCompleted && !signals.Received.IsCompleted;
        var wasRemoved = !signals.Received.IsCompleted && !isToStop;
        var hasEnded = wasRemoved || await StopAsync(system).ConfigureAwait(false);
        health.Leaves();
        if (isToStop)
        {
            managed.Stop();
        }
        else
        {
            managed.Broker = null;
        }

        await membership.LeaveAsync(system).ConfigureAwait(false);
        return wasRemoved ? RunEnd.Removed : !hasEnded ? RunEnd.EndedBadly : isToStop ? RunEnd.Stopped : RunEnd.Ended;
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
            system.ActorOf(LostNodeWatch.Props(system.Settings.Config, membership.Claim, TimeProvider.System), "lost-node-watch");
        }

        health.Joined();
        Leaving(system, health);
        Listeners = await EdgeSubsystem.StartAsync(system, options, clock).ConfigureAwait(false);
        managed.Broker = ManagedBroker.Of(system, options, clock) is { } broker ? broker with { Switch = nodeSwitch } : null;
        health.Serves(Listeners);
        Show(system);
        _isServing = true;
        nodeSwitch.Done();
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

    // False when it has not come to an end in time.
    private async Task<bool> StopAsync(ActorSystem system)
    {
        if (signals.Received.IsCompleted)
        {
            Log.Information("Stopping on {Signal}", await signals.Received.ConfigureAwait(false));
        }
        else if (nodeSwitch.Wanted.IsCompleted)
        {
            Log.Information("Stopping because an operator wants it; the process goes on");
        }

        var limit = options.Cluster.ShutdownLimit;
        var stopped = CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance);
        if (await Task.WhenAny(stopped, Task.Delay(limit)).ConfigureAwait(false) == stopped)
        {
            await stopped.ConfigureAwait(false);
            return true;
        }

        Log.Error("Stopping took longer than {Limit}", limit);
        return false;
    }
}
