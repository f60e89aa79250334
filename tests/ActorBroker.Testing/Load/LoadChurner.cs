using ActorBroker.Testing.Clients;
using ActorBroker.Testing.History;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ActorBroker.Testing.Load;

/// <summary>
/// Declares, binds, purges and deletes queues and exchanges of its own, with a few messages in them, and looks after each
/// start of the broker what has become of them.
/// </summary>
public sealed class LoadChurner(HistoryRecorder history, int number, int seed) : ILoadClient
{
    /// <summary>The contract of the queues of all churners.</summary>
    public static QueueContract Contract { get; } = new("churn-*");

    private const int Pairs = 4;
    private const int MessagesAtOnce = 3;
    private const int FirstPublisher = 10_000;
    private const string BindingKey = "key";

    /// <summary>Between steps.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.Zero;

    private readonly Random _random = new(seed);
    private readonly HashSet<TopologyItem> _present = [];
    private int _round;
    private int _sequence;

    public DateTimeOffset WorkedAt { get; private set; }

    public Exception? BrokenBy { get; private set; }

    public async Task RunUntilBrokenAsync(IConnection connection, int round, Action onReady, CancellationToken end)
    {
        BrokenBy = null;
        try
        {
            await LookAsync(connection, round);
            await using var channel = await ChurnedPair.ChannelAsync(connection);
            onReady();
            while (!end.IsCancellationRequested)
            {
                var begun = history.Now;
                await ChurnAsync(new ChurnedPair(number, _random.Next(Pairs)), channel);
                WorkedAt = begun;
                await Task.Delay(Pause, CancellationToken.None);
            }
        }
        catch (Exception e) when (BrokenConnection.IsCauseOf(e) && e is not PublishReturnException)
        {
            // What was asked for and not answered is of unknown outcome, and looked for on the next connection.
            BrokenBy = e;
        }
    }

    /// <summary>Finds out what is there, and takes what the queues hold.</summary>
    public async Task DrainAsync(IConnection connection, int round)
    {
        await LookAsync(connection, round);
        await using var channel = await ChurnedPair.ChannelAsync(connection);
        for (var index = 0; index < Pairs; index++)
        {
            var pair = new ChurnedPair(number, index);
            while (_present.Contains(pair.QueueItem) && await GetAsync(pair, channel))
            {
            }
        }
    }

    private async Task LookAsync(IConnection connection, int round)
    {
        (_round, _sequence) = (round, 0);
        for (var index = 0; index < Pairs; index++)
        {
            var pair = new ChurnedPair(number, index);
            See(pair.QueueItem, await pair.FindQueueAsync(connection));
            See(pair.ExchangeItem, await pair.FindExchangeAsync(connection));
            await using var channel = await ChurnedPair.ChannelAsync(connection);
            var isBound = _present.Contains(pair.ExchangeItem) && await PublishAsync(pair, channel);
            See(pair.BindingItem, isBound ? BindingKey : null);
        }
    }

    private async Task ChurnAsync(ChurnedPair pair, IChannel channel)
    {
        if (!_present.Contains(pair.ExchangeItem))
        {
            await ChangeAsync(() => channel.ExchangeDeclareAsync(pair.Exchange, pair.ExchangeType, durable: true), pair.ExchangeType, pair.ExchangeItem);
        }
        else if (!_present.Contains(pair.QueueItem))
        {
            await ChangeAsync(() => pair.DeclareQueueAsync(channel), pair.QueueType, pair.QueueItem);
        }
        else if (!_present.Contains(pair.BindingItem))
        {
            await ChangeAsync(() => channel.QueueBindAsync(pair.Queue, pair.Exchange, BindingKey), BindingKey, pair.BindingItem);
        }
        else
        {
            await (_random.Next(10) switch
            {
                < 4 => PublishSomeAsync(pair, channel),
                4 => GetAsync(pair, channel),
                5 => PurgeAsync(pair, channel),
                6 => ChangeAsync(() => channel.QueueUnbindAsync(pair.Queue, pair.Exchange, BindingKey), null, pair.BindingItem),
                7 => ChangeAsync(() => channel.ExchangeDeleteAsync(pair.Exchange), null, pair.ExchangeItem, pair.BindingItem),
                _ => ChangeAsync(() => channel.QueueDeleteAsync(pair.Queue), null, pair.QueueItem, pair.BindingItem),
            });
        }
    }

    private async Task ChangeAsync(Func<Task> request, string? definition, params TopologyItem[] items)
    {
        var outcome = Outcome.Unknown;
        try
        {
            await request();
            outcome = Outcome.Done;
        }
        finally
        {
            foreach (var item in items)
            {
                history.Add(new HistoryEvent.TopologyChanged(history.Now, item, definition, outcome));
                Know(item, definition);
            }
        }
    }

    private async Task PublishSomeAsync(ChurnedPair pair, IChannel channel)
    {
        for (var i = 0; i < MessagesAtOnce; i++)
        {
            await PublishAsync(pair, channel);
        }
    }

    // False when it was returned: nothing is bound to the exchange.
    private async Task<bool> PublishAsync(ChurnedPair pair, IChannel channel)
    {
        var message = new MessageId(FirstPublisher + number, _round, ++_sequence);
        history.Add(new HistoryEvent.Sent(history.Now, message, pair.Queue));
        try
        {
            await channel.BasicPublishAsync(
                pair.Exchange, BindingKey, mandatory: true, new BasicProperties { Persistent = true }, message.ToBody());
        }
        catch (PublishReturnException)
        {
            return false;
        }

        history.Add(new HistoryEvent.Confirmed(history.Now, message));
        return true;
    }

    // What it gets, it has settled: there is no consumer who could hold anything.
    private async Task<bool> GetAsync(ChurnedPair pair, IChannel channel)
    {
        if (await channel.BasicGetAsync(pair.Queue, autoAck: true) is not { } got)
        {
            return false;
        }

        var message = MessageId.FromBody(got.Body.Span);
        var getter = -((_round * 100) + (number * Pairs) + pair.Index);
        history.Add(new HistoryEvent.Delivered(history.Now, message, pair.Queue, getter, got.Redelivered));
        history.Add(new HistoryEvent.Settled(history.Now, message, pair.Queue, getter));
        return true;
    }

    private async Task PurgeAsync(ChurnedPair pair, IChannel channel)
    {
        var outcome = Outcome.Unknown;
        var began = history.Now;
        try
        {
            await channel.QueuePurgeAsync(pair.Queue);
            outcome = Outcome.Done;
        }
        finally
        {
            history.Add(new HistoryEvent.Purged(history.Now, began, pair.Queue, outcome));
        }
    }

    private void See(TopologyItem item, string? definition)
    {
        history.Add(new HistoryEvent.TopologySeen(history.Now, item, definition));
        Know(item, definition);
    }

    private void Know(TopologyItem item, string? definition)
    {
        if (definition is null)
        {
            _present.Remove(item);
        }
        else
        {
            _present.Add(item);
        }
    }
}
