using System.Globalization;
using ActorBroker.Testing.History;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ActorBroker.Testing.Load;

/// <summary>A queue and the exchange that it is bound to, both of which come and go.</summary>
public readonly record struct ChurnedPair(int Churner, int Index)
{
    private const string Other = "something else";

    public string Queue => string.Create(CultureInfo.InvariantCulture, $"churn-{Churner}-{Index}");

    public string Exchange => string.Create(CultureInfo.InvariantCulture, $"churned-{Churner}-{Index}");

    public string QueueType => Index % 2 == 0 ? "classic" : "quorum";

    public string ExchangeType => Index < 2 ? "direct" : "topic";

    public TopologyItem QueueItem => TopologyItem.OfQueue(Queue);

    public TopologyItem ExchangeItem => TopologyItem.OfExchange(Exchange);

    public TopologyItem BindingItem => TopologyItem.OfBinding(Exchange, Queue);

    public static Task<IChannel> ChannelAsync(IConnection connection) => connection.CreateChannelAsync(new CreateChannelOptions(
        publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));

    public Task DeclareQueueAsync(IChannel channel) => channel.QueueDeclareAsync(
        Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = QueueType });

    /// <summary>Its type, or null when it is not there.</summary>
    public async Task<string?> FindQueueAsync(IConnection connection)
    {
        var pair = this;
        return await FindAsync(
            connection,
            channel => channel.QueueDeclarePassiveAsync(pair.Queue),
            pair.DeclareQueueAsync,
            QueueType);
    }

    /// <summary>Its type, or null when it is not there.</summary>
    public async Task<string?> FindExchangeAsync(IConnection connection)
    {
        var pair = this;
        return await FindAsync(
            connection,
            channel => channel.ExchangeDeclarePassiveAsync(pair.Exchange),
            channel => channel.ExchangeDeclareAsync(pair.Exchange, pair.ExchangeType, durable: true),
            ExchangeType);
    }

    private static async Task<string?> FindAsync(
        IConnection connection, Func<IChannel, Task> find, Func<IChannel, Task> declareAlike, string type)
    {
        const ushort NotFound = 404;
        const ushort PreconditionFailed = 406;
        if (await RefusalAsync(connection, find) is { } code)
        {
            return code == NotFound ? null : throw new InvalidDataException($"{code} for a passive declaration");
        }

        return await RefusalAsync(connection, declareAlike) switch
        {
            null => type,
            PreconditionFailed => Other,
            { } refused => throw new InvalidDataException($"{refused} for a declaration"),
        };
    }

    // An error of the channel, with its code; one of the connection is somebody else's to deal with.
    private static async Task<ushort?> RefusalAsync(IConnection connection, Func<IChannel, Task> request)
    {
        await using var channel = await ChannelAsync(connection);
        try
        {
            await request(channel);
            return null;
        }
        catch (OperationInterruptedException e) when (connection.IsOpen && e.ShutdownReason is { } reason)
        {
            return reason.ReplyCode;
        }
    }
}
