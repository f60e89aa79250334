using System.Net.Sockets;
using ActorBroker.Contracts.Tls;
using ActorBroker.Management.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace ActorBroker.Management.Hosting;

/// <summary>The HTTP server behind a port. Nothing of it is loaded before it is started.</summary>
internal static class HttpApplication
{
    // The API answers what is larger than its own limit with an error of its own; the server just hangs up.
    private const long BodyMax = ApiRequest.BodyMax * 2;

    /// <summary>Serves the port until it is disposed of.</summary>
    /// <param name="port">Stays its owner's.</param>
    /// <param name="first">The client that has come already; belongs to the server from now on.</param>
    /// <param name="certificates">For TLS; null for plain HTTP.</param>
    /// <param name="map">What is served.</param>
    public static async Task<IAsyncDisposable> StartAsync(BoundPort port, Socket first, ServerCertificates? certificates, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyMax;
            kestrel.Listen(port.EndPoint, endpoint =>
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
        builder.Services.RemoveAll<IConnectionListenerFactory>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(new HandedOverPort(port, first));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, ProcessLifetime>();
        var application = builder.Build();
        application.UseRouting();
        map(application);
        await application.StartAsync().ConfigureAwait(false);
        return application;
    }

    /// <summary>Signals are for the node, which ends this server itself.</summary>
    private sealed class ProcessLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
