using System.Net;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Options;
using ActorBroker.Embedded;
using ActorBroker.Management.Tests.Health;

namespace ActorBroker.Management.Tests.Api;

/// <summary>A broker in the test's process, and its HTTP server.</summary>
public sealed class ApiBroker : IAsyncDisposable
{
    private readonly EmbeddedBroker _broker;
    private readonly ManagementServer _server;

    private ApiBroker(EmbeddedBroker broker, ManagementServer server)
    {
        _broker = broker;
        _server = server;
    }

    /// <summary>Where its API is.</summary>
    public IPEndPoint EndPoint => _server.EndPoint;

    /// <summary>The same as programs are told it.</summary>
    public string Url => $"http://{EndPoint}";

    /// <summary>Where AMQP clients connect.</summary>
    public IPEndPoint Amqp => _broker.AmqpEndPoint!;

    /// <summary>What it tells without HTTP.</summary>
    public IManagementView View => SystemManagement.Of(_broker.System).View!;

    /// <summary>Starts one on a folder.</summary>
    /// <param name="folder">Stays when the broker ends.</param>
    /// <param name="settings">Further <c>KEY=VALUE</c> settings.</param>
    public static async Task<ApiBroker> StartAsync(string folder, params string[] settings)
    {
        string[] all = ["akka.loglevel=OFF", "akka.actor.serialize-messages=off", "actorbroker.listeners.http.enabled=on", .. settings];
        var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerSettings { Profile = BrokerConfiguration.Test, DataDirectory = folder, Settings = all });
        var options = BrokerOptions.Read(BrokerConfiguration.LoadPart(BrokerConfiguration.Test, null, all));
        var node = new ManagedNode { Broker = ManagedBroker.Of(broker.System, options, TimeProvider.System) };
        await node.UseAsync();
        var server = await ManagementServer.StartAsync(
            new ListenerOptions(ListenerOptions.Http, Enabled: true, "127.0.0.1", 0), ManagementOptions.Default with { CorsOrigins = ["http://page"] },
            new SettableHealth(), node);
        return new ApiBroker(broker, server);
    }

    /// <summary>Ends it in good order.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _broker.DisposeAsync();
    }

    /// <summary>Ends it at once.</summary>
    public async Task KillAsync()
    {
        await _server.DisposeAsync();
        await _broker.KillAsync();
    }
}
