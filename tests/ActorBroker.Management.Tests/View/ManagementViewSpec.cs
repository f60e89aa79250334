using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Options;
using ActorBroker.Embedded;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Management.Tests.View;

/// <summary>A broker in the test's process with somebody who watches, and a client of it.</summary>
public abstract class ManagementViewSpec : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorbroker-view-");
    private EmbeddedBroker _broker = null!;

    protected IManagementView View => SystemManagement.Of(_broker.System).View!;

    protected IConnection Connection { get; private set; } = null!;

    protected IChannel Channel { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await StartAsync();
        await ConnectAsync();
    }

    public async Task DisposeAsync()
    {
        await Connection.DisposeAsync();
        await _broker.KillAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>The broker stops and starts again, on the same data.</summary>
    protected async Task RestartAsync()
    {
        await Connection.DisposeAsync();
        await _broker.DisposeAsync();
        await StartAsync();
        await ConnectAsync();
    }

    protected async Task<string> DeclareAsync(string queue, bool durable = true)
    {
        await Channel.QueueDeclareAsync(queue, durable, exclusive: false, autoDelete: false);
        return queue;
    }

    protected Task PublishAsync(string exchange, string routingKey, bool mandatory = false) =>
        Channel.BasicPublishAsync(
            exchange, routingKey, mandatory, new BasicProperties { DeliveryMode = DeliveryModes.Persistent }, new byte[100]).AsTask();

    /// <summary>Asks until the answer is as it should be; what is counted by the way comes a little later than what is answered.</summary>
    protected static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> isRight)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var answer = await ask();
            if (isRight(answer) || limit.IsCancellationRequested)
            {
                Assert.True(isRight(answer), $"still {answer}");
                return answer;
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    protected static long ValueOf(IReadOnlyList<Figure> figures, string name) => figures.Single(figure => figure.Name == name).Value;

    /// <summary>Somebody watches from the start.</summary>
    protected virtual Task BeginAsync() => View.BeginAsync();

    private async Task StartAsync()
    {
        _broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerSettings
        {
            Profile = BrokerConfiguration.Test,
            DataDirectory = _folder.FullName,
            Settings = ["akka.loglevel=OFF", "akka.actor.serialize-messages=off", "actorbroker.listeners.http.enabled=on"],
        });
        await BeginAsync();
    }

    private async Task ConnectAsync()
    {
        var factory = new ConnectionFactory
        {
            HostName = _broker.AmqpEndPoint!.Address.ToString(),
            Port = _broker.AmqpEndPoint.Port,
            ClientProvidedName = "watched",
            AutomaticRecoveryEnabled = false,
        };
        Connection = await factory.CreateConnectionAsync();
        Channel = await Connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
    }
}
