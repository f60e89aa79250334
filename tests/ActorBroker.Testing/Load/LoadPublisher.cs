using System.Collections.Concurrent;
using ActorBroker.Testing.Clients;
using ActorBroker.Testing.History;
using RabbitMQ.Client;

namespace ActorBroker.Testing.Load;

/// <summary>Publishes persistent messages with confirms, at a pace that a consumer can keep up with.</summary>
/// <param name="history">Where it is taken down.</param>
/// <param name="number">Its number among all publishers, part of the identity of its messages.</param>
/// <param name="queue">Where its messages are to be found; without an exchange they are published to that name.</param>
public sealed class LoadPublisher(HistoryRecorder history, int number, string queue) : ILoadClient
{
    private const int UnconfirmedWindow = 300;
    private const int BurstLength = 20;

    private readonly ConcurrentDictionary<int, DateTimeOffset> _sentAt = new();

    public DateTimeOffset WorkedAt { get; private set; }

    /// <summary>Publishes that a broker has refused, of which nobody knows what became.</summary>
    public int RefusedCount { get; private set; }

    /// <summary>Between bursts of 20 messages.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(15);

    public string Exchange { get; init; } = "";

    /// <summary>How long the exchange is asked to hold a message back.</summary>
    public Func<int, TimeSpan>? Delay { get; init; }

    public async Task RunUntilBrokenAsync(IConnection connection, int round, Action onReady, CancellationToken end)
    {
        _sentAt.Clear();
        await using var publisher = await ConfirmedPublisher.OpenAsync(connection, UnconfirmedWindow, confirmed => OnConfirmed(round, (int)confirmed));
        onReady();
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(publisher.Closed, end);
            for (var sequence = 1; !end.IsCancellationRequested; sequence++)
            {
                await PublishAsync(publisher, new MessageId(number, round, sequence));
                if (sequence % BurstLength == 0)
                {
                    await Task.Delay(Pause, either.Token);
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested && !publisher.Closed.IsCancellationRequested)
        {
            // Asked to end in a pause.
        }
        catch (Exception e) when (BrokenConnection.IsCauseOf(e))
        {
            await BrokenConnection.UntilCancelledAsync(publisher.Closed);
        }

        if (!publisher.Closed.IsCancellationRequested)
        {
            await publisher.AllConfirmedAsync();
        }

        RefusedCount += publisher.Refused.Count;
    }

    private void OnConfirmed(int round, int sequence)
    {
        history.Add(new HistoryEvent.Confirmed(history.Now, new MessageId(number, round, sequence)));
        if (_sentAt.TryRemove(sequence, out var sentAt) && sentAt > WorkedAt)
        {
            WorkedAt = sentAt;
        }
    }

    private async Task PublishAsync(ConfirmedPublisher publisher, MessageId message)
    {
        var delay = Delay?.Invoke(message.Sequence) ?? TimeSpan.Zero;
        var properties = new BasicProperties { Persistent = true };
        if (delay > TimeSpan.Zero)
        {
            properties.Headers = new Dictionary<string, object?> { ["x-delay"] = (int)delay.TotalMilliseconds };
        }

        var now = history.Now;
        _sentAt[message.Sequence] = now;
        history.Add(new HistoryEvent.Sent(now, message, queue, delay));
        await publisher.PublishAsync(Exchange, queue, message.ToBody(), properties);
    }
}
