using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Client.Tests;

/// <summary>A broker of one node, and an application that is a client of it, each an actor system of its own.</summary>
public sealed class OneBroker : IAsyncLifetime
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"actorbroker-client-{Guid.NewGuid():N}");
    private DataFolder? _folder;
    private JournalStores? _journals;
    private BrokerNode? _node;

    public ActorSystem Application { get; private set; } = null!;

    public BrokerClient Client { get; private set; } = null!;

    public BrokerClientSettings Settings => new() { Contacts = [_node!.Contact] };

    public async Task InitializeAsync()
    {
        _folder = DataFolder.Open(new DataOptions(_path));
        _journals = await JournalStores.OpenAsync(
            _folder, BrokerOptions.Read(BrokerConfiguration.Shipped(BrokerConfiguration.Test)).Journal, static _ => { });
        _node = await BrokerNode.StartAsync(_journals);
        Application = ClientSystem.Start();
        Client = BrokerClient.Start(Application, Settings);
        await Client.ConnectedAsync();
    }

    public async Task DisposeAsync()
    {
        await Application.Terminate();
        await _node!.StopAsync();
        if (_journals is not null)
            await _journals.DisposeAsync();
        _folder?.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    /// <summary>A durable queue that no other test uses.</summary>
    public async Task<string> NewQueueAsync()
    {
        var queue = $"queue-{Guid.NewGuid():N}";
        await Client.DeclareQueueAsync(queue);
        return queue;
    }
}
