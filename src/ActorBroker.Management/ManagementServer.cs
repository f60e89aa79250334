using System.Net;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Tls;
using ActorBroker.Management.Health;
using ActorBroker.Management.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ActorBroker.Management;

/// <summary>The node's HTTP server. It lives as long as the process, also while the node waits to join its cluster.</summary>
public sealed class ManagementServer : IAsyncDisposable
{
    // The API answers what is larger than its own limit with an error of its own; the server just hangs up.
    private const long BodyMax = ApiRequest.BodyMax * 2;

    private readonly WebApplication _application;

    private ManagementServer(WebApplication application, IPEndPoint endPoint)
    {
        _application = application;
        EndPoint = endPoint;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Binds the listener <c>http</c> or <c>https</c>.</summary>
    /// <param name="listener">Where.</param>
    /// <param name="options">How its API is used.</param>
    /// <param name="health">What its probes tell.</param>
    /// <param name="node">What its API manages.</param>
    /// <param name="certificates">What clients are shown; null for a listener without TLS.</param>
    /// <exception cref="StartupException">The address cannot be bound; the message names it.</exception>
    public static Task<ManagementServer> StartAsync(
        ListenerOptions listener, ManagementOptions options, INodeHealth health, ManagedNode node, ServerCertificates? certificates = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return BindAsync(listener, certificates, application =>
        {
            HealthEndpoints.Map(application, health);
            var table = ApiTable.Create();
            DescriptionPages.Map(application, table);
            var api = new ApiPipeline(node, options, table);
            application.Use((context, next) => context.GetEndpoint() is null && ApiPipeline.IsFor(context) ? api.AnswerAsync(context) : next(context));
        });
    }

    /// <summary>Binds a listener.</summary>
    /// <param name="listener">Where.</param>
    /// <param name="certificates">What clients are shown; null for a listener without TLS.</param>
    /// <param name="map">What it serves.</param>
    /// <exception cref="StartupException">The address cannot be bound; the message names it.</exception>
    internal static async Task<ManagementServer> BindAsync(ListenerOptions listener, ServerCertificates? certificates, Action<WebApplication> map)
    {
        ArgumentNullException.ThrowIfNull(listener);
        var address = await ResolveAsync(listener).ConfigureAwait(false);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyMax;
            kestrel.Listen(address, listener.Port, endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http1;
                if (certificates is not null)
                {
                    endpoint.UseHttps(new TlsHandshakeCallbackOptions
                    {
                        HandshakeTimeout = certificates.HandshakeTimeout,
                        OnConnection = hello => ValueTask.FromResult(certificates.For(hello.ClientHelloInfo.ServerName)),
                    });
                }
            });
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, ProcessLifetime>();
        var application = builder.Build();
        application.UseRouting();
        map(application);
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or AddressInUseException or System.Net.Sockets.SocketException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new StartupException($"listener {listener.Name} cannot be bound to {listener.Host}:{listener.Port}: {failure.Message}", failure);
        }

        var bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new ManagementServer(application, new IPEndPoint(address, new Uri(bound).Port));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task<IPAddress> ResolveAsync(ListenerOptions listener)
    {
        if (listener.Host == "*")
        {
            return IPAddress.IPv6Any;
        }

        try
        {
            return IPAddress.TryParse(listener.Host, out var address)
                ? address
                : (await Dns.GetHostAddressesAsync(listener.Host).ConfigureAwait(false))[0];
        }
        catch (System.Net.Sockets.SocketException failure)
        {
            throw new StartupException($"listener {listener.Name}: host {listener.Host} cannot be resolved: {failure.Message}", failure);
        }
    }

    /// <summary>Signals are for the node, which ends this server itself.</summary>
    private sealed class ProcessLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
