using System.Globalization;
using ActorBroker.Interop.Tests.Client;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ActorBroker.Interop.Tests.Durability;

/// <summary>
/// Publishers and consumers that work on durable queues until their broker is gone. Publisher <c>n</c> publishes to
/// queue <c>n mod queues</c>, so that each queue has several; each queue has one consumer, which acknowledges in steps.
/// </summary>
public sealed class CrashLoad(Ledger ledger, ConnectionFactory factory)
{
    public const int Queues = 2;

    private const int Publishers = 4;
    private const int UnconfirmedWindow = 300;
    private const string Exchange = "crash";

    public static string Queue(int number) => string.Create(CultureInfo.InvariantCulture, $"crash-{number}");

    public async Task DeclareAsync()
    {
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(Exchange, "direct", durable: true);
        for (var number = 0; number < Queues; number++)
        {
            await channel.QueueDeclareAsync(Queue(number), durable: true, exclusive: false, autoDelete: false);
            await channel.QueueBindAsync(Queue(number), Exchange, Queue(number));
        }

        await connection.CloseAsync();
    }

    /// <summary>Runs one round of load until every connection has broken.</summary>
    /// <param name="round">Its number, part of the identity of its messages.</param>
    /// <param name="connected">Completes when every publisher and consumer has its connection.</param>
    public Task RunUntilBrokenAsync(int round, out Task connected)
    {
        var connecting = Publishers + Queues;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connected = all.Task;
        void OnConnected()
        {
            if (Interlocked.Decrement(ref connecting) == 0)
            {
                all.SetResult();
            }
        }

        return Task.WhenAll(
            Enumerable.Range(0, Publishers).Select(number => Task.Run(() => PublishUntilBrokenAsync(number, round, OnConnected)))
                .Concat(Enumerable.Range(0, Queues).Select(number => Task.Run(() => ConsumeUntilBrokenAsync(Queue(number), OnConnected)))));
    }

    /// <summary>Takes and settles all that a queue holds, in order.</summary>
    public async Task<List<(MessageId Id, bool Redelivered)>> DrainAsync(string queue)
    {
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var count = await channel.MessageCountAsync(queue);
        var consumer = await DeliveryCollector.StartAsync(channel, queue, autoAck: true);
        var drained = new List<(MessageId, bool)>();
        while (drained.Count < count)
        {
            var delivery = await consumer.NextAsync();
            drained.Add((MessageId.FromBody(delivery.Body), delivery.Redelivered));
        }

        if (await channel.MessageCountAsync(queue) is var left and > 0)
        {
            throw new InvalidOperationException($"{queue} said it had {count} messages and has {left} more");
        }

        await connection.CloseAsync();
        return drained;
    }

    private async Task PublishUntilBrokenAsync(int number, int round, Action onConnected)
    {
        await using var connection = await factory.CreateConnectionAsync();
        await using var publisher = await ConfirmedPublisher.OpenAsync(connection, UnconfirmedWindow);
        onConnected();
        var queue = Queue(number % Queues);
        try
        {
            for (var sequence = 1; ; sequence++)
            {
                var id = new MessageId(number, round, sequence);
                ledger.Published(id);
                await publisher.PublishAsync(Exchange, queue, id.ToBody(), persistent: true);
            }
        }
        catch (Exception e) when (IsBroken(e))
        {
            await UntilCancelledAsync(publisher.Closed);
        }

        foreach (var sequence in publisher.Confirmed)
        {
            ledger.ConfirmedByBroker(new MessageId(number, round, (int)sequence));
        }
    }

    private async Task ConsumeUntilBrokenAsync(string queue, Action onConnected)
    {
        const int AckEvery = 10;
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        using var broken = new CancellationTokenSource();
        channel.ChannelShutdownAsync += (_, _) => broken.CancelAsync();
        await channel.BasicQosAsync(0, prefetchCount: 50, global: false);
        var consumer = await DeliveryCollector.StartAsync(channel, queue);
        var unacknowledged = new List<MessageId>();
        onConnected();
        try
        {
            while (await consumer.NextOrNullAsync(broken.Token) is { } delivery)
            {
                unacknowledged.Add(MessageId.FromBody(delivery.Body));
                if (unacknowledged.Count < AckEvery)
                {
                    continue;
                }

                await channel.BasicAckAsync(delivery.Tag, multiple: true);
                var now = DateTimeOffset.UtcNow;
                unacknowledged.ForEach(id => ledger.Settled(id, now));
                unacknowledged.Clear();
            }
        }
        catch (Exception e) when (IsBroken(e))
        {
            await UntilCancelledAsync(broken.Token);
        }
    }

    /// <summary>What a client throws that has lost its connection.</summary>
    internal static bool IsBroken(Exception e) =>
        e is OperationInterruptedException or OperationCanceledException or IOException or System.Net.Sockets.SocketException;

    private static async Task UntilCancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(Hosting.BrokerFixture.Limit, CancellationToken.None);
    }
}
