using ActorBroker.Contracts.Options;
using ActorBroker.Management;

namespace ActorBroker.Server.Composition;

/// <summary>The node's metrics over HTTP. They live as long as the process.</summary>
internal static class MetricsSubsystem
{
    /// <param name="listener">Where; null is returned where it is off.</param>
    /// <param name="health">Told of the listener.</param>
    /// <param name="node">What is measured.</param>
    /// <exception cref="StartupException">The address cannot be bound; the message names it.</exception>
    public static async Task<IAsyncDisposable?> StartAsync(ListenerOptions listener, NodeHealth health, ManagedNode node)
    {
        if (!listener.Enabled)
        {
            return null;
        }

        var server = await ManagementServer.StartMetricsAsync(listener, node).ConfigureAwait(false);
        health.Opened(listener.Name, server.EndPoint);
        return server;
    }
}
