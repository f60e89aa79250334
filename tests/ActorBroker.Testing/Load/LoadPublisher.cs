using ActorBroker.Testing.Clients;
using ActorBroker.Testing.History;
using RabbitMQ.Client;

namespace ActorBroker.Testing.Load;

/// <summary>Publishes persistent messages with confirms, at a pace that a consumer can keep up with.</summary>
/// <param name="history">Where it is taken down.</param>
/// <param name="factory">How to connect.</param>
/// <param name="number">Its number among all publishers, part of the identity of its messages.</param>
/// <param name="queue">Where its messages are to be found; without an exchange they are published to that name.</param>
public sealed class LoadPublisher(HistoryRecorder history, ConnectionFactory factory, int number, string queue) : ILoadClient
{
    private const int UnconfirmedWindow = 300;
    private const int BurstLength = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    public string Exchange { get; init; } = "";

    /// <summary>How long the exchange is asked to hold a message back.</summary>
    public Func<int, TimeSpan>? Delay { get; init; }

    public async Task RunUntilBrokenAsync(int round, Action onReady)
    {
        await using var connection = await factory.CreateConnectionAsync();
        await using var publisher = await ConfirmedPublisher.OpenAsync(connection, UnconfirmedWindow);
        onReady();
        try
        {
            for (var sequence = 1; ; sequence++)
            {
                await PublishAsync(publisher, new MessageId(number, round, sequence));
                if (sequence % BurstLength == 0)
                {
                    await Task.Delay(Pause, publisher.Closed);
                }
            }
        }
        catch (Exception e) when (BrokenConnection.IsCauseOf(e))
        {
            await BrokenConnection.UntilCancelledAsync(publisher.Closed);
        }

        foreach (var sequence in publisher.Confirmed)
        {
            history.Add(new HistoryEvent.Confirmed(history.Now, new MessageId(number, round, (int)sequence)));
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

        history.Add(new HistoryEvent.Sent(history.Now, message, queue, delay));
        await publisher.PublishAsync(Exchange, queue, message.ToBody(), properties);
    }
}
