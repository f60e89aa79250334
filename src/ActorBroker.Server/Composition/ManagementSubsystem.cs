using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Tls;
using ActorBroker.Management;
using Serilog;

namespace ActorBroker.Server.Composition;

/// <summary>The node's HTTP servers, plain and within TLS. They live as long as the process.</summary>
internal static class ManagementSubsystem
{
    /// <param name="listener">Where; null is returned where it is off.</param>
    /// <param name="options">All settings.</param>
    /// <param name="health">What probes tell; told of the listener.</param>
    /// <param name="node">What the API manages.</param>
    /// <exception cref="StartupException">The address cannot be bound, or there is no certificate; the message says so.</exception>
    public static async Task<IAsyncDisposable?> StartAsync(ListenerOptions listener, BrokerOptions options, NodeHealth health, ManagedNode node)
    {
        if (!listener.Enabled)
        {
            return null;
        }

        var certificates = listener.Name == ListenerOptions.Https
            ? new ServerCertificates(options.Tls, TimeProvider.System, static trouble => Log.Warning("{Trouble}", trouble))
            : null;
        var server = await ManagementServer.StartAsync(listener, options.Management, health, node, certificates).ConfigureAwait(false);
        health.Opened(listener.Name, server.EndPoint);
        return server;
    }
}
