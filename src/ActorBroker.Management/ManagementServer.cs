using System.Net;
using System.Net.Sockets;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Tls;
using ActorBroker.Management.Health;
using ActorBroker.Management.Hosting;
using ActorBroker.Management.Metrics;

namespace ActorBroker.Management;

/// <summary>
/// An HTTP server of the node. It lives as long as the process, also while the node waits to join its cluster. Its port is
/// bound from the start; ASP.NET Core is loaded, and the node's statistics begin, when the first client connects: 17 MB and
/// some work every five seconds that a node without such clients has not got.
/// </summary>
public sealed class ManagementServer : IAsyncDisposable
{
    private readonly BoundPort _port;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task<IAsyncDisposable?> _serving;

    private ManagementServer(BoundPort port, ManagedNode node, Func<BoundPort, Socket, Task<IAsyncDisposable>> start)
    {
        _port = port;
        _serving = ServeAsync(node, start);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => _port.EndPoint;

    /// <summary>A client has connected: the server has been started, or is being started.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Binds the listener <c>http</c> or <c>https</c>.</summary>
    /// <param name="listener">Where.</param>
    /// <param name="options">How its API is used.</param>
    /// <param name="health">What its probes tell.</param>
    /// <param name="node">What its API manages.</param>
    /// <param name="certificates">What clients are shown; null for a listener without TLS.</param>
    /// <exception cref="StartupException">The address cannot be bound; the message names it.</exception>
    public static async Task<ManagementServer> StartAsync(
        ListenerOptions listener, ManagementOptions options, INodeHealth health, ManagedNode node, ServerCertificates? certificates = null)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(node);
        var port = await BoundPort.BindAsync(listener).ConfigureAwait(false);
        return new ManagementServer(port, node, (bound, first) => new ApiApplication(options, health, node, certificates).StartAsync(bound, first));
    }

    /// <summary>Binds the listener <c>prometheus</c>.</summary>
    /// <param name="listener">Where.</param>
    /// <param name="node">What is measured.</param>
    /// <exception cref="StartupException">The address cannot be bound; the message names it.</exception>
    public static async Task<ManagementServer> StartMetricsAsync(ListenerOptions listener, ManagedNode node)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ArgumentNullException.ThrowIfNull(node);
        var port = await BoundPort.BindAsync(listener).ConfigureAwait(false);
        return new ManagementServer(port, node, (bound, first) => new MetricsApplication(node).StartAsync(bound, first));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        if (await _serving.ConfigureAwait(false) is { } server)
        {
            await server.DisposeAsync().ConfigureAwait(false);
        }

        _port.Dispose();
        _ending.Dispose();
    }

    private async Task<IAsyncDisposable?> ServeAsync(ManagedNode node, Func<BoundPort, Socket, Task<IAsyncDisposable>> start)
    {
        if (await _port.AcceptAsync(_ending.Token).ConfigureAwait(false) is not { } first)
        {
            return null;
        }

        IsUsed = true;
        await node.UseAsync().ConfigureAwait(false);
        return await start(_port, first).ConfigureAwait(false);
    }
}
