using System.Net;
using ActorBroker.Contracts.Options;
using ActorBroker.Embedded;
using ActorBroker.Management.Health;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

/// <summary>A broker in the test's process, and its HTTP server.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private static readonly string[] Settings =
        ["akka.loglevel=OFF", "akka.actor.serialize-messages=off", "actorbroker.listeners.http.enabled=on"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorbroker-api-");
    private EmbeddedBroker _broker = null!;
    private ManagementServer _server = null!;

    /// <summary>Where its API is.</summary>
    public IPEndPoint EndPoint => _server.EndPoint;

    /// <summary>Where AMQP clients connect.</summary>
    public IPEndPoint Amqp => _broker.AmqpEndPoint!;

    public async Task InitializeAsync()
    {
        _broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerSettings
        {
            Profile = BrokerConfiguration.Test, DataDirectory = _folder.FullName, Settings = Settings,
        });
        var options = BrokerOptions.Read(BrokerConfiguration.LoadPart(BrokerConfiguration.Test, null, Settings));
        var node = new ManagedNode { Broker = ManagedBroker.Of(_broker.System, options, TimeProvider.System) };
        _server = await ManagementServer.StartAsync(
            new ListenerOptions(ListenerOptions.Http, Enabled: true, "127.0.0.1", 0), ManagementOptions.Default with { CorsOrigins = ["http://page"] },
            new WellHealth(), node);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _broker.KillAsync();
        _folder.Delete(recursive: true);
    }

    private sealed class WellHealth : INodeHealth
    {
        public bool HasJoined => true;

        public bool ReachesJournal => true;

        public bool IsServing => true;

        public IReadOnlyList<(string Name, IPEndPoint EndPoint)> Listeners => [];
    }
}

[CollectionDefinition(nameof(ApiCollection))]
public sealed class ApiCollection : ICollectionFixture<ApiFixture>;
