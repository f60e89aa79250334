using System.Globalization;
using ActorBroker.Testing.History;
using ActorBroker.Testing.Load;
using RabbitMQ.Client;

namespace ActorBroker.Cluster.Tests.Faults;

/// <summary>
/// What is declared, who works on it from which node, and what is promised about it: each node has publishers to queues of
/// every kind, a consumer, and a client that declares and deletes.
/// </summary>
internal sealed class ClusterShape
{
    private const int PublishersOfQueue = 2;

    /// <summary>Settlements are written after 100 ms at most; a queue that moves, and a busy machine, have the rest.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PublisherPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ChurnerPause = TimeSpan.FromMilliseconds(30);

    private readonly List<(QueueContract Contract, Dictionary<string, object?> Arguments)> _queues = [];

    /// <param name="prefix">Of the names of all queues.</param>
    public ClusterShape(string prefix)
    {
        Queue(new QueueContract($"{prefix}-classic"), ("x-queue-type", "classic"));
        Queue(new QueueContract($"{prefix}-quorum"), ("x-queue-type", "quorum"));
        Queue(new QueueContract($"{prefix}-other"), ("x-queue-type", "classic"));
        Queue(new QueueContract($"{prefix}-stream") { IsStream = true }, ("x-queue-type", "stream"));
    }

    public HistoryContract Contract => new([.. _queues.Select(queue => queue.Contract), LoadChurner.Contract], Moment) { QueuesMove = true };

    public async Task DeclareAsync(IChannel channel)
    {
        foreach (var (contract, arguments) in _queues)
        {
            await channel.QueueDeclareAsync(contract.Name, durable: true, exclusive: false, autoDelete: false, arguments);
        }
    }

    /// <summary>Those that consume and publish.</summary>
    public IEnumerable<LoadedClient> Clients(BrokerCluster cluster, HistoryRecorder history)
    {
        var publishers = 0;
        for (var number = 0; number < _queues.Count; number++)
        {
            var queue = _queues[number].Contract;
            yield return new LoadedClient(
                cluster, new LoadConsumer(history, queue), $"consumer of {queue.Name}", number % cluster.Nodes.Count);
            for (var i = 1; i <= PublishersOfQueue; i++)
            {
                var publisher = new LoadPublisher(history, ++publishers, queue.Name) { Pause = PublisherPause };
                yield return new LoadedClient(
                    cluster, publisher, string.Create(CultureInfo.InvariantCulture, $"publisher {publishers} of {queue.Name}"), (number + i) % cluster.Nodes.Count);
            }
        }
    }

    /// <summary>Those that declare and delete, one for each node.</summary>
    public static IReadOnlyList<LoadChurner> Churners(BrokerCluster cluster, HistoryRecorder history, int first, int seed) =>
        [.. cluster.Nodes.Select((_, node) => new LoadChurner(history, first + node, seed + first + node) { Pause = ChurnerPause })];

    private void Queue(QueueContract contract, params (string Name, object? Value)[] arguments) =>
        _queues.Add((contract, arguments.ToDictionary(argument => argument.Name, argument => argument.Value)));
}
