using System.Text;
using RabbitMQ.Client;
using Xunit;

// Clusters side by side would have tests wait for each other's elections.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace ActorBroker.Cluster.Tests;

/// <summary>A test with clients on nodes.</summary>
public abstract class ClusterTest : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly List<IConnection> _connections = [];

    protected static BasicProperties Persistent { get; } = new() { Persistent = true };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.AbortAsync();
            await connection.DisposeAsync();
        }
    }

    /// <summary>A channel of a connection of its own, whose publishes complete with their confirms.</summary>
    protected async Task<IChannel> ChannelAsync(ClusterNode node)
    {
        var connection = await node.ConnectAsync();
        _connections.Add(connection);
        return await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
    }

    protected IConnection ConnectionOf(int index) => _connections[index];

    protected static async Task PublishAsync(IChannel channel, string exchange, string routingKey, string body, bool mandatory = true) =>
        await PublishAsync(channel, exchange, routingKey, Encoding.UTF8.GetBytes(body), mandatory);

    protected static async Task PublishAsync(IChannel channel, string exchange, string routingKey, byte[] body, bool mandatory = true)
    {
        using var limit = new CancellationTokenSource(Limit);
        await channel.BasicPublishAsync(exchange, routingKey, mandatory, Persistent, body, limit.Token);
    }

    protected static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
    }

    protected static string Text(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span);
}
