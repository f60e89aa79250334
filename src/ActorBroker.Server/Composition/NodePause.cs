using ActorBroker.Contracts.Options;
using Serilog;

namespace ActorBroker.Server.Composition;

/// <summary>The time in which an operator has stopped the node: it can be emptied, and ends with its start or the process.</summary>
/// <param name="nodeSwitch">What is wanted of the node.</param>
/// <param name="store">What it keeps.</param>
/// <param name="signals">End the process.</param>
internal sealed class NodePause(NodeSwitch nodeSwitch, NodeStore store, TerminationSignals signals)
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

    private async Task ResetAsync()
    {
        try
        {
            await store.EmptyAsync().ConfigureAwait(false);
            Log.Warning("Everything that the node kept is deleted: an operator wanted it");
            nodeSwitch.Done();
        }
        catch (StartupException failure)
        {
            nodeSwitch.Failed(failure);
        }
    }
}
