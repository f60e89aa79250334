using ActorBroker.Contracts.Options;
using ActorBroker.Management;

namespace ActorBroker.Server.Composition;

/// <summary>The node's HTTP server. It lives as long as the process.</summary>
internal static class ManagementSubsystem
{
    /// <exception cref="StartupException">The address cannot be bound; the message names it.</exception>
    public static async Task<IAsyncDisposable> StartAsync(ListenerOptions listener, ManagementOptions options, NodeHealth health, ManagedNode node)
    {
        var server = await ManagementServer.StartAsync(listener, options, health, node).ConfigureAwait(false);
        health.Http = server.EndPoint;
        return server;
    }
}
