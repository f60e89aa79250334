using System.Net.Sockets;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Tls;
using ActorBroker.Management.Health;
using ActorBroker.Management.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ActorBroker.Management.Hosting;

/// <summary>What the listeners <c>http</c> and <c>https</c> serve: probes, the API, and its description.</summary>
/// <param name="options">How the API is used.</param>
/// <param name="health">What probes tell.</param>
/// <param name="node">What the API manages.</param>
/// <param name="certificates">What clients are shown; null for a listener without TLS.</param>
internal sealed class ApiApplication(ManagementOptions options, INodeHealth health, ManagedNode node, ServerCertificates? certificates)
{
    /// <summary>Starts to serve.</summary>
    public Task<IAsyncDisposable> StartAsync(BoundPort port, Socket first) => HttpApplication.StartAsync(port, first, certificates, Map);

    private void Map(WebApplication application)
    {
        HealthEndpoints.Map(application, health);
        var table = ApiTable.Create();
        DescriptionPages.Map(application, table);
        var api = new ApiPipeline(node, options, table);
        application.Use((context, next) => context.GetEndpoint() is null && ApiPipeline.IsFor(context) ? api.AnswerAsync(context) : next(context));
    }
}
