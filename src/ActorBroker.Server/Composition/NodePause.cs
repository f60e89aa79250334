using ActorBroker.Broker.Clustering;
using ActorBroker.Contracts.Options;
using Serilog;

namespace ActorBroker.Server.Composition;

/// <summary>The time in which an operator has stopped the node: it can be emptied, and ends with its start or the process.</summary>
/// <param name="nodeSwitch">What is wanted of the node.</param>
/// <param name="store">What it keeps.</param>
/// <param name="claim">Knows which nodes go on with what it keeps with others.</param>
/// <param name="signals">End the process.</param>
internal sealed class NodePause(NodeSwitch nodeSwitch, NodeStore store, IClusterClaim claim, TerminationSignals signals)
{
    private bool _wasStopped;

    /// <summary>What is wanted of the node.</summary>
    public NodeSwitch Switch => nodeSwitch;

    /// <summary>Runs the node; one that was stopped, and cannot start again, is stopped as before.</summary>
    /// <exception cref="StartupException">The node cannot start for the first time.</exception>
    public async Task<RunEnd> RunAsync(NodeRun run)
    {
        try
        {
            return await run.RunAsync().ConfigureAwait(false);
        }
        catch (StartupException failure) when (_wasStopped && !run.HasServed)
        {
            Log.Error("The node could not start, and is stopped: {Reason}", failure.Message);
            nodeSwitch.Failed(failure);
            return RunEnd.Stopped;
        }
    }

    /// <summary>Waits until the node is to start.</summary>
    /// <returns>False when the process is to end.</returns>
    public async Task<bool> UntilStartAsync()
    {
        _wasStopped = true;
        while (await Task.WhenAny(signals.Received, nodeSwitch.Wanted).ConfigureAwait(false) != signals.Received)
        {
            switch (nodeSwitch.Take())
            {
                case NodeWish.Serve:
                    return true;
                case NodeWish.Stop:
                    nodeSwitch.Done();
                    break;
                case NodeWish.Reset:
                    await ResetAsync().ConfigureAwait(false);
                    break;
            }
        }

        return false;
    }

    // Of several nodes on a database none has anything of its own, and this one is of their cluster no more since it was stopped:
    // as in RabbitMQ, the others keep everything. Where there are none, RabbitMQ's would delete what it has.
    private async Task ResetAsync()
    {
        try
        {
            if (store.IsOwn)
            {
                await store.EmptyAsync().ConfigureAwait(false);
                Log.Warning("Everything that the node kept is deleted: an operator wanted it");
            }
            else
            {
                await CheckOthersAsync().ConfigureAwait(false);
                Log.Information("The node keeps nothing of its own, and was reset as an operator wanted it: the other nodes have everything");
            }

            nodeSwitch.Done();
        }
        catch (Exception failure) when (failure is StartupException or NotSupportedException)
        {
            nodeSwitch.Failed(failure);
        }
    }

    private async Task CheckOthersAsync()
    {
        try
        {
            if ((await claim.HoldersAsync(CancellationToken.None).ConfigureAwait(false)).Count == 0)
            {
                throw new NotSupportedException(
                    "what the node serves is in a database, which is not one node's to empty, and no other node serves it: to begin anew, drop the database");
            }
        }
        catch (ClusterClaimException failure)
        {
            throw new StartupException(failure.Message, failure);
        }
        finally
        {
            await claim.ReleaseAsync().ConfigureAwait(false);
        }
    }
}
