using ActorBroker.Contracts.Options;
using ActorBroker.Management.Metrics;

namespace ActorBroker.Server.Composition;

/// <summary>The node's metrics over HTTP. It lives as long as the process.</summary>
internal static class MetricsSubsystem
{
    /// <exception cref="StartupException">The address cannot be bound; the message names it.</exception>
    public static async Task<IAsyncDisposable> StartAsync(ListenerOptions listener, NodeHealth health)
    {
        var server = await MetricsServer.StartAsync(listener, () => health.View).ConfigureAwait(false);
        health.Add(listener.Name, server.EndPoint);
        return server;
    }
}
