using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Tls;
using ActorBroker.Management;
using Serilog;

namespace ActorBroker.Server.Composition;

/// <summary>The node's HTTP server on one listener, plain or within TLS. It lives as long as the process.</summary>
internal static class ManagementSubsystem
{
    /// <exception cref="StartupException">The address cannot be bound, or a certificate not be used; the message names it.</exception>
    public static async Task<IAsyncDisposable> StartAsync(ListenerOptions listener, BrokerOptions options, NodeHealth health, ManagedNode node)
    {
        var certificates = listener.Name == ListenerOptions.Https
            ? new ServerCertificates(options.Tls, TimeProvider.System, static trouble => Log.Warning("{Trouble}", trouble))
            : null;
        var server = await ManagementServer.StartAsync(listener, options.Management, health, node, certificates).ConfigureAwait(false);
        health.Add(listener.Name, server.EndPoint);
        return server;
    }
}
