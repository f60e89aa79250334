using ActorBroker.Testing.Clients;
using ActorBroker.Testing.History;
using RabbitMQ.Client;

namespace ActorBroker.Testing.Load;

/// <summary>
/// Consumes from one queue and settles, some messages behind. A stream is read from its beginning.
/// </summary>
public sealed class LoadConsumer(HistoryRecorder history, QueueContract queue) : ILoadClient
{
    private const int Prefetch = 50;
    private const int AckEvery = 10;
    private const int RejectEvery = 3;
    private const int ReturnEvery = 7;

    private readonly List<MessageId> _unsettled = [];
    private ulong _lastTag;
    private DateTimeOffset _firstUnsettledAt;

    /// <summary>Rejects every few messages, and gives some others back once, instead of acknowledging all.</summary>
    public bool Refuses { get; init; }

    public DateTimeOffset WorkedAt { get; private set; }

    public Task RunUntilBrokenAsync(IConnection connection, int round, Action onReady, CancellationToken end) =>
        RunAsync(connection, onReady, settlesAtOnce: false, end);

    /// <summary>Takes and settles all that comes, until told to end.</summary>
    public Task DrainAsync(IConnection connection, CancellationToken end) => RunAsync(connection, onReady: null, settlesAtOnce: true, end);

    private async Task RunAsync(IConnection connection, Action? onReady, bool settlesAtOnce, CancellationToken end)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: CancellationToken.None);
        using var broken = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end, broken.Token);
        channel.ChannelShutdownAsync += (_, _) => broken.CancelAsync();
        _unsettled.Clear();
        var number = history.StartConsumer(queue.Name);
        try
        {
            await channel.BasicQosAsync(0, Prefetch, global: false, CancellationToken.None);
            var arguments = queue.IsStream ? new Dictionary<string, object?> { ["x-stream-offset"] = "first" } : null;
            var consumer = await DeliveryCollector.StartAsync(channel, queue.Name, arguments: arguments);
            _ = CancelWithAsync(consumer.Cancellation, broken);
            onReady?.Invoke();
            while (await consumer.NextOrNullAsync(either.Token) is { } delivery)
            {
                await TakeAsync(channel, number, delivery, settleNow: settlesAtOnce && consumer.Waiting == 0);
            }
        }
        catch (Exception e) when (BrokenConnection.IsCauseOf(e) && !end.IsCancellationRequested)
        {
            await BrokenConnection.UntilCancelledAsync(broken.Token);
        }

        if (broken.IsCancellationRequested)
        {
            history.Add(new HistoryEvent.ConsumerLost(history.Now, queue.Name, number));
        }
    }

    private static async Task CancelWithAsync(Task cancellation, CancellationTokenSource broken)
    {
        await cancellation;
        await broken.CancelAsync();
    }

    private async Task TakeAsync(IChannel channel, int consumer, Delivery delivery, bool settleNow)
    {
        var headers = delivery.Properties.Headers;
        var message = MessageId.FromBody(delivery.Body);
        history.Add(new HistoryEvent.Delivered(
            history.Now,
            message,
            queue.Name,
            consumer,
            delivery.Redelivered,
            headers?.ContainsKey("x-dead-letter-repeated") == true,
            headers?.TryGetValue("x-stream-offset", out var offset) == true ? (long)offset! : null));
        if (Refuses && SettlementOf(message, delivery.Redelivered) is not Settlement.Acknowledged and var refusal)
        {
            await AcknowledgeAsync(channel, consumer);
            await channel.BasicRejectAsync(delivery.Tag, requeue: refusal == Settlement.Returned);
            history.Add(new HistoryEvent.Settled(history.Now, message, queue.Name, consumer, refusal));
            return;
        }

        if (_unsettled.Count == 0)
        {
            _firstUnsettledAt = history.Now;
        }

        _unsettled.Add(message);
        _lastTag = delivery.Tag;
        if (settleNow || _unsettled.Count >= AckEvery)
        {
            await AcknowledgeAsync(channel, consumer);
        }
    }

    private async Task AcknowledgeAsync(IChannel channel, int consumer)
    {
        if (_unsettled.Count == 0)
        {
            return;
        }

        await channel.BasicAckAsync(_lastTag, multiple: true);
        var now = history.Now;
        foreach (var message in _unsettled)
        {
            history.Add(new HistoryEvent.Settled(now, message, queue.Name, consumer));
        }

        _unsettled.Clear();
        WorkedAt = _firstUnsettledAt;
    }

    private static Settlement SettlementOf(MessageId message, bool redelivered) => (message.Sequence % RejectEvery, message.Sequence % ReturnEvery) switch
    {
        (0, _) => Settlement.Rejected,
        (_, 0) when !redelivered => Settlement.Returned,
        _ => Settlement.Acknowledged,
    };
}
