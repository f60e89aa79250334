using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Options;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>
/// Two nodes of one cluster in this process, on one SQLite file. Every message between actors is serialized, within a
/// node too.
/// </summary>
public sealed class TwoNodes : IAsyncLifetime
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"actorbroker-cluster-{Guid.NewGuid():N}");
    private DataFolder? _folder;
    private JournalStores? _journals;

    public ClusterNode First { get; private set; } = null!;

    public ClusterNode Second { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _folder = DataFolder.Open(new DataOptions(_path));
        _journals = await JournalStores.OpenAsync(
            _folder, BrokerOptions.Read(BrokerConfiguration.Shipped(BrokerConfiguration.Test)).Journal, static _ => { });
        First = await ClusterNode.StartAsync(_journals, seed: null);
        Second = await ClusterNode.StartAsync(_journals, First.Address);
    }

    /// <summary>A further node, which whoever starts it stops.</summary>
    /// <param name="settings">Further <c>KEY=VALUE</c> settings.</param>
    public Task<ClusterNode> StartThirdAsync(params string[] settings) => ClusterNode.StartAsync(_journals!, First.Address, settings);

    public Task DisposeAsync() => DisposeAsync(killed: null);

    /// <summary>As the other, when one of the nodes is gone already.</summary>
    public async Task DisposeAsync(ClusterNode? killed)
    {
        foreach (var node in new[] { Second, First }.Where(node => node != killed))
            await node.StopAsync();
        if (_journals is not null)
            await _journals.DisposeAsync();
        _folder?.Dispose();
        Directory.Delete(_path, recursive: true);
    }
}
