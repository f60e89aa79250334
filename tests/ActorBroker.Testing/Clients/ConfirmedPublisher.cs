using System.Collections.Concurrent;
using ActorBroker.Testing.Processes;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ActorBroker.Testing.Clients;

/// <summary>
/// Publishes without waiting for each confirm, and keeps which publishes the broker has confirmed. Sequence numbers
/// start at 1 and follow the order of the calls, which one caller at a time may make.
/// </summary>
public sealed class ConfirmedPublisher : IAsyncDisposable
{
    private readonly IChannel _channel;
    private readonly ConcurrentQueue<ulong> _confirmed = new();
    private readonly ConcurrentQueue<ulong> _refused = new();
    private readonly HashSet<ulong> _outstanding = [];
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _drained;
    private readonly SemaphoreSlim _window;
    private readonly CancellationTokenSource _closed = new();
    private ulong _published;

    private ConfirmedPublisher(IChannel channel, int window)
    {
        _channel = channel;
        _window = new SemaphoreSlim(window);
        _channel.BasicAcksAsync += OnAckAsync;
        _channel.BasicNacksAsync += OnNackAsync;
        _channel.ChannelShutdownAsync += OnShutdownAsync;
    }

    /// <summary>Sequence numbers in the order in which they were confirmed; one confirmed twice is listed twice.</summary>
    public IReadOnlyCollection<ulong> Confirmed => _confirmed;

    /// <summary>Sequence numbers that the broker has nacked: nobody knows what became of them.</summary>
    public IReadOnlyCollection<ulong> Refused => _refused;

    /// <summary>Cancelled when the channel or its connection has closed, after the last confirm was taken in.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>Called with each sequence number as soon as it is confirmed, by the thread that reads the connection.</summary>
    public Action<ulong>? OnConfirmed { get; init; }

    /// <param name="connection">The connection to open a channel on.</param>
    /// <param name="window">Publishes that may be unconfirmed at a time; one more waits.</param>
    /// <param name="onConfirmed">As <see cref="OnConfirmed"/>.</param>
    public static async Task<ConfirmedPublisher> OpenAsync(
        IConnection connection, int window = int.MaxValue, Action<ulong>? onConfirmed = null) => new(
        await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false)),
        window)
        {
            OnConfirmed = onConfirmed,
        };

    /// <summary>Publishes and returns the sequence number as soon as the message is handed to the socket.</summary>
    public ValueTask<ulong> PublishAsync(string exchange, string routingKey, ReadOnlyMemory<byte> body, bool persistent) =>
        PublishAsync(exchange, routingKey, body, new BasicProperties { Persistent = persistent });

    /// <summary>As above, with properties of one's own.</summary>
    public async ValueTask<ulong> PublishAsync(string exchange, string routingKey, ReadOnlyMemory<byte> body, BasicProperties properties)
    {
        await _window.WaitAsync(_closed.Token);
        var sequence = ++_published;
        lock (_outstanding)
        {
            _outstanding.Add(sequence);
        }

        await _channel.BasicPublishAsync(exchange, routingKey, false, properties, body);
        return sequence;
    }

    /// <summary>Completes when nothing published so far is unconfirmed; fails on a nack or when the channel closes.</summary>
    public async Task AllConfirmedAsync()
    {
        Task drained;
        lock (_outstanding)
        {
            if (_outstanding.Count == 0)
            {
                return;
            }

            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            drained = _drained.Task;
        }

        await (await Task.WhenAny(drained, _failed.Task).WaitAsync(BrokerProcess.AnswerLimit));
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        _closed.Dispose();
        _window.Dispose();
    }

    private Task OnAckAsync(object sender, BasicAckEventArgs ack)
    {
        Settle(ack.DeliveryTag, ack.Multiple, _confirmed);
        return Task.CompletedTask;
    }

    private Task OnNackAsync(object sender, BasicNackEventArgs nack)
    {
        _failed.TrySetException(new InvalidOperationException($"publish {nack.DeliveryTag} was refused by the broker"));
        Settle(nack.DeliveryTag, nack.Multiple, _refused);
        return Task.CompletedTask;
    }

    private void Settle(ulong tag, bool multiple, ConcurrentQueue<ulong> settled)
    {
        lock (_outstanding)
        {
            var covered = multiple ? _outstanding.Where(sequence => sequence <= tag).Order().ToArray() : [tag];
            foreach (var sequence in covered)
            {
                _outstanding.Remove(sequence);
                settled.Enqueue(sequence);
                if (ReferenceEquals(settled, _confirmed))
                {
                    OnConfirmed?.Invoke(sequence);
                }

                _window.Release();
            }

            if (_outstanding.Count == 0)
            {
                _drained?.TrySetResult();
            }
        }
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        _failed.TrySetException(new InvalidOperationException($"the channel closed: {reason.ReplyText}"));
        return _closed.CancelAsync();
    }
}
