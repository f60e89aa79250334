using ActorBroker.Testing.History;
using ActorBroker.Testing.Load;
using RabbitMQ.Client;

namespace ActorBroker.Interop.Tests.Durability.Kills;

/// <summary>What is declared, who works on it, and what is promised about it.</summary>
internal sealed class KillShape
{
    /// <summary>Settlements are written after 100 ms at most; a busy machine has the rest.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    private readonly List<(QueueContract Contract, Dictionary<string, object?> Arguments)> _queues = [];
    private readonly List<Func<HistoryRecorder, ILoadClient>> _clients = [];
    private int _publishers;

    private KillShape()
    {
    }

    public HistoryContract Contract => new([.. _queues.Select(queue => queue.Contract), LoadChurner.Contract], Moment);

    /// <summary>The name of an exchange that delays, and of the queue bound to it; empty where there is none.</summary>
    public string Delayed { get; private set; } = "";

    public int Churners { get; private set; }

    /// <summary>Three publishers and a consumer on one queue.</summary>
    public static KillShape OneQueue(string type)
    {
        var shape = new KillShape();
        var one = shape.Queue(new QueueContract("one"), ("x-queue-type", type));
        for (var i = 0; i < 3; i++)
        {
            shape.Publisher(one);
        }

        return shape.Consumer(one);
    }

    /// <summary>Everything at once, in queues of every kind.</summary>
    public static KillShape ManyQueues()
    {
        var shape = new KillShape { Churners = 2, Delayed = "after" };
        foreach (var type in new[] { "classic", "quorum" })
        {
            shape.Worked(new QueueContract($"{type}-0"), refuses: false, ("x-queue-type", type));
            shape.Worked(new QueueContract($"{type}-1"), refuses: false, ("x-queue-type", type));
        }

        (string, object?)[] dying =
        [
            ("x-queue-type", "quorum"), ("x-overflow", "reject-publish"), ("x-dead-letter-strategy", "at-least-once"),
            ("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", "dead"),
        ];
        var late = new QueueContract("late") { DeadLettersTo = "dead", TimeToLive = TimeSpan.FromMilliseconds(300) };
        shape.Publisher(shape.Queue(late, [.. dying, ("x-message-ttl", 300)]));
        shape.Worked(new QueueContract("refused") { DeadLettersTo = "dead" }, refuses: true, dying);
        shape.Consumer(shape.Queue(new QueueContract("dead") { KeepsOrder = false }));
        shape.Worked(new QueueContract("stream") { IsStream = true }, refuses: false, ("x-queue-type", "stream"));
        var after = shape.Queue(new QueueContract(shape.Delayed) { KeepsOrder = false });
        shape._clients.Add(history => new LoadPublisher(history, ++shape._publishers, after.Name)
        {
            Exchange = shape.Delayed,
            Delay = sequence => TimeSpan.FromMilliseconds(sequence % 5 * 100),
        });
        return shape.Consumer(after);
    }

    public IEnumerable<ILoadClient> Clients(HistoryRecorder history) => _clients.Select(client => client(history));

    public async Task DeclareAsync(IChannel channel)
    {
        foreach (var (contract, arguments) in _queues)
        {
            await channel.QueueDeclareAsync(contract.Name, durable: true, exclusive: false, autoDelete: false, arguments);
        }

        if (Delayed.Length > 0)
        {
            await channel.ExchangeDeclareAsync(
                Delayed, "x-delayed-message", durable: true, autoDelete: false, new Dictionary<string, object?> { ["x-delayed-type"] = "direct" });
            await channel.QueueBindAsync(Delayed, Delayed, Delayed);
        }
    }

    private QueueContract Queue(QueueContract contract, params (string Name, object? Value)[] arguments)
    {
        _queues.Add((contract, arguments.ToDictionary(argument => argument.Name, argument => argument.Value)));
        return contract;
    }

    private void Worked(QueueContract contract, bool refuses, params (string Name, object? Value)[] arguments)
    {
        var queue = Queue(contract, arguments);
        Publisher(queue);
        Consumer(queue, refuses);
    }

    private void Publisher(QueueContract queue) => _clients.Add(
        history => new LoadPublisher(history, ++_publishers, queue.Name));

    private KillShape Consumer(QueueContract queue, bool refuses = false)
    {
        _clients.Add(history => new LoadConsumer(history, queue) { Refuses = refuses });
        return this;
    }
}
