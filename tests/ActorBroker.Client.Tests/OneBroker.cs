using ActorBroker.TestKit;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Client.Tests;

/// <summary>A broker of one node, and an application that is a client of it, each an actor system of its own.</summary>
public sealed class OneBroker : IAsyncLifetime
{
    private TestBroker? _broker;

    public ActorSystem Application { get; private set; } = null!;

    public BrokerClient Client { get; private set; } = null!;

    public TestBroker Broker => _broker!;

    public BrokerClientSettings Settings => _broker!.ClientSettings;

    public async Task InitializeAsync()
    {
        _broker = await TestBroker.StartAsync();
        Application = ClientSystem.Start();
        Client = BrokerClient.Start(Application, Settings);
        await Client.ConnectedAsync();
    }

    public async Task DisposeAsync()
    {
        await Application.Terminate();
        await _broker!.DisposeAsync();
    }

    /// <summary>A durable queue that no other test uses.</summary>
    public async Task<string> NewQueueAsync()
    {
        var queue = $"queue-{Guid.NewGuid():N}";
        await Client.DeclareQueueAsync(queue);
        return queue;
    }
}
