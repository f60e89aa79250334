using Akka.Actor;
using Akka.Cluster;

namespace ActorBroker.Server.Composition;

/// <summary>Makes the node a member of its cluster.</summary>
internal static class ClusterSubsystem
{
    /// <summary>Joins the configured seeds, or itself when there are none, and waits until the node is up.</summary>
    public static async Task JoinAsync(ActorSystem system)
    {
        var cluster = Cluster.Get(system);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(up.SetResult);
        if (cluster.Settings.SeedNodes.IsEmpty)
        {
            await cluster.JoinAsync(cluster.SelfAddress).ConfigureAwait(false);
        }

        await up.Task.ConfigureAwait(false);
    }
}
