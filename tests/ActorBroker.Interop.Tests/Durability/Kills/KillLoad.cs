using System.Diagnostics;
using ActorBroker.Testing.History;
using ActorBroker.Testing.Load;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Durability.Kills;

/// <summary>The clients of a shape, on one data folder whose broker is killed again and again.</summary>
internal sealed class KillLoad
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(40);

    private readonly KillShape _shape;
    private readonly ConnectionFactory _factory;
    private readonly HistoryRecorder _history = new(TimeProvider.System);
    private readonly ILoadClient[] _clients;
    private readonly LoadChurner[] _churners;

    public KillLoad(KillShape shape, ConnectionFactory factory, int seed)
    {
        _shape = shape;
        _factory = factory;
        _churners = [.. Enumerable.Range(0, shape.Churners).Select(number => new LoadChurner(_history, number, seed + number))];
        _clients = [.. shape.Clients(_history), .. _churners];
    }

    public int EventCount => _history.Count;

    public async Task DeclareAsync()
    {
        await using var connection = await _factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await _shape.DeclareAsync(channel);
    }

    /// <summary>Works for some time, kills the broker, and returns when every client has noticed.</summary>
    public async Task RunAsync(int round, TimeSpan duration, Func<Task> kill)
    {
        var ready = new CountdownEvent(_clients.Length);
        var running = _clients.Select(client => Task.Run(() => RunUntilBrokenAsync(client, round, () => ready.Signal()))).ToArray();
        var since = Stopwatch.StartNew();
        while (!ready.IsSet || since.Elapsed < duration)
        {
            var isReady = ready.IsSet;
            await Task.WhenAny([.. running, Task.Delay(Glance)]);
            if (!isReady)
            {
                since.Restart();
            }

            if (Array.FindIndex(running, client => client.IsCompleted) is >= 0 and var ended)
            {
                await running[ended];
                Assert.Fail($"client {ended} ({_clients[ended].GetType().Name}) lost its connection before the broker was killed");
            }
        }

        var killedAt = _history.Now;
        await kill();
        await Task.WhenAll(running).WaitAsync(DrainLimit);
        _history.Add(new HistoryEvent.BrokerKilled(killedAt));
    }

    private async Task RunUntilBrokenAsync(ILoadClient client, int round, Action onReady)
    {
        await using var connection = await _factory.CreateConnectionAsync();
        await client.RunUntilBrokenAsync(connection, round, onReady);
    }

    /// <summary>Takes down that the broker was killed while nobody was connected.</summary>
    public void KilledWhileStarting() => _history.Add(new HistoryEvent.BrokerKilled(_history.Now));

    /// <summary>Takes all that the queues hold, and judges the history.</summary>
    public async Task<IReadOnlyList<Violation>> DrainAsync(int round)
    {
        await using var connection = await _factory.CreateConnectionAsync();
        foreach (var churner in _churners)
        {
            await churner.DrainAsync(connection, round);
        }

        using var end = new CancellationTokenSource();
        var contract = _shape.Contract;
        var consumers = contract.Queues.Where(queue => !queue.Name.EndsWith('*'))
            .Select(queue => Task.Run(() => DrainAsync(queue, end.Token))).ToArray();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: CancellationToken.None);
        var since = Stopwatch.StartNew();
        string left;
        do
        {
            var seen = _history.Count;
            await Task.Delay(Quiet, CancellationToken.None);
            left = seen < _history.Count ? "more is coming" : await NotEmptyAsync(contract, channel);
        }
        while (since.Elapsed < DrainLimit && (left.Length > 0 || HistoryChecker.CountOwed(_history.ToArray(), contract) > 0));
        Assert.True(left.Length == 0, $"not drained after {DrainLimit}: {left}");
        await end.CancelAsync();
        await Task.WhenAll(consumers).WaitAsync(DrainLimit, CancellationToken.None);
        return HistoryChecker.Check(_history.ToArray(), contract);
    }

    private async Task DrainAsync(QueueContract queue, CancellationToken end)
    {
        await using var connection = await _factory.CreateConnectionAsync(CancellationToken.None);
        await new LoadConsumer(_history, queue).DrainAsync(connection, end);
    }

    private static async Task<string> NotEmptyAsync(HistoryContract contract, IChannel channel)
    {
        foreach (var queue in contract.Queues.Where(queue => !queue.IsStream && !queue.Name.EndsWith('*')))
        {
            if (await channel.MessageCountAsync(queue.Name) is var count and > 0)
            {
                return $"{queue.Name} says it has {count} messages";
            }
        }

        return "";
    }
}
