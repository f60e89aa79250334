using ActorBroker.Interop.Tests.Hosting;
using ActorBroker.Testing.Clients;
using RabbitMQ.Client;

namespace ActorBroker.Interop.Tests.Fuzz;

/// <summary>A connection of AMQP with a channel and a consumer that fuzzed requests find, and may close: it is opened again then.</summary>
internal sealed class FuzzedConnection : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConnectionFactory _factory;
    private Task _running = Task.CompletedTask;
    private volatile string _name = "";

    private FuzzedConnection(BrokerEndpoint endpoint, string user) => _factory = new ConnectionFactory
    {
        HostName = endpoint.Host, Port = endpoint.Port, UserName = user, Password = user, AutomaticRecoveryEnabled = false,
    };

    /// <summary>The name of the connection that there is, or was last.</summary>
    public string Name => _name;

    public static FuzzedConnection Open(BrokerEndpoint endpoint, string user)
    {
        var connection = new FuzzedConnection(endpoint, user);
        connection._running = connection.RunAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await UseAsync();
            }
            catch (Exception failure) when (BrokenConnection.IsCauseOf(failure) || failure is OperationCanceledException)
            {
                // Closed by a request.
            }
        }
    }

    private async Task UseAsync()
    {
        await using var connection = await _factory.CreateConnectionAsync(CancellationToken.None);
        var closed = new TaskCompletionSource();
        connection.ConnectionShutdownAsync += (_, _) =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await using var ending = _end.Token.Register(() => closed.TrySetResult());
        _name = Uri.EscapeDataString($"{_factory.HostName}:{connection.LocalPort} -> {_factory.HostName}:{_factory.Port}");
        await using var channel = await connection.CreateChannelAsync(cancellationToken: CancellationToken.None);
        var queue = (await channel.QueueDeclareAsync(cancellationToken: CancellationToken.None)).QueueName;
        await channel.BasicConsumeAsync(queue, autoAck: true, new AsyncDefaultBasicConsumer(channel), CancellationToken.None);
        await closed.Task;
    }
}
