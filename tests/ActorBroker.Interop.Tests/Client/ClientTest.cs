using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

/// <summary>A test with a connection and a channel of its own, and names that no other test uses.</summary>
[Collection(DotNetClient.Name)]
public abstract class ClientTest(BrokerFixture broker) : IAsyncLifetime
{
    private readonly List<IConnection> _connections = [];
    private IConnection? _connection;
    private IChannel? _channel;

    protected static TimeSpan Limit => BrokerFixture.Limit;

    protected BrokerFixture Broker { get; } = broker;

    protected IConnection Connection => _connection!;

    /// <summary>A channel whose publishes complete when the broker has confirmed them.</summary>
    protected IChannel Channel => _channel!;

    public async Task InitializeAsync()
    {
        _connection = await ConnectAsync();
        _channel = await ConfirmingChannelAsync(_connection);
    }

    public async Task DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.AbortAsync();
            await connection.DisposeAsync();
        }
    }

    protected static string Unique(string name) => $"{name}-{Guid.NewGuid():N}";

    protected ConnectionFactory Factory() => new()
    {
        HostName = Broker.Endpoint.Host,
        Port = Broker.Endpoint.Port,
        AutomaticRecoveryEnabled = false,
        ContinuationTimeout = Limit,
        RequestedConnectionTimeout = Limit,
    };

    protected async Task<IConnection> ConnectAsync(Action<ConnectionFactory>? configure = null)
    {
        var factory = Factory();
        configure?.Invoke(factory);
        var connection = await factory.CreateConnectionAsync();
        _connections.Add(connection);
        return connection;
    }

    protected static Task<IChannel> ConfirmingChannelAsync(IConnection connection) =>
        connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));

    /// <summary>An exclusive queue with a name of this test.</summary>
    protected async Task<string> DeclareQueueAsync()
    {
        var queue = Unique("queue");
        await Channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false);
        return queue;
    }

    /// <summary>An auto-delete exchange of this test; it has to be bound for it to go away again.</summary>
    protected async Task<string> DeclareExchangeAsync(string type, IDictionary<string, object?>? arguments = null)
    {
        var exchange = Unique(type);
        await Channel.ExchangeDeclareAsync(exchange, type, durable: false, autoDelete: true, arguments);
        return exchange;
    }

    /// <summary>Publishes the texts one after the other, each confirmed before the next.</summary>
    protected async Task PublishAsync(string queue, params string[] bodies)
    {
        foreach (var body in bodies)
        {
            await Channel.BasicPublishAsync("", queue, System.Text.Encoding.UTF8.GetBytes(body));
        }
    }

    /// <summary>Gets and acknowledges all that is ready in a queue.</summary>
    protected async Task<string[]> DrainAsync(string queue)
    {
        var bodies = new List<string>();
        while (await Channel.BasicGetAsync(queue, autoAck: true) is { } message)
        {
            bodies.Add(System.Text.Encoding.UTF8.GetString(message.Body.Span));
        }

        return [.. bodies];
    }

    /// <summary>Runs the action and returns why the broker closed the channel; the connection must survive.</summary>
    protected static async Task<ShutdownEventArgs> ChannelErrorAsync(IChannel channel, Func<Task> action)
    {
        var closed = new TaskCompletionSource<ShutdownEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, reason) =>
        {
            closed.TrySetResult(reason);
            return Task.CompletedTask;
        };
        await IgnoringInterruptionAsync(action);
        var reason = await closed.Task.WaitAsync(Limit);
        Assert.Equal(ShutdownInitiator.Peer, reason.Initiator);
        return reason;
    }

    /// <summary>Runs the action and returns why the broker closed the whole connection.</summary>
    protected static async Task<ShutdownEventArgs> ConnectionErrorAsync(IConnection connection, Func<Task> action)
    {
        var closed = new TaskCompletionSource<ShutdownEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, reason) =>
        {
            closed.TrySetResult(reason);
            return Task.CompletedTask;
        };
        await IgnoringInterruptionAsync(action);
        var reason = await closed.Task.WaitAsync(Limit);
        Assert.Equal(ShutdownInitiator.Peer, reason.Initiator);
        return reason;
    }

    /// <summary>Asserts that the action, on a channel of its own, is answered with this channel error.</summary>
    protected async Task AssertChannelErrorAsync(ushort code, string text, Func<IChannel, Task> action)
    {
        var channel = await Connection.CreateChannelAsync();
        var reason = await ChannelErrorAsync(channel, () => action(channel));
        Assert.Equal((code, text), (reason.ReplyCode, reason.ReplyText));
        Assert.True(Connection.IsOpen, "a channel error must leave the connection open");
    }

    private static async Task IgnoringInterruptionAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (OperationInterruptedException)
        {
            // The caller waits for the close itself, which carries the reason.
        }
    }
}
