namespace ActorBroker.PerfTest.Options;

/// <summary>What a run does, as given on the command line and checked.</summary>
internal sealed record PerfOptions
{
    public required Endpoint Endpoint { get; init; }

    public int Producers { get; init; } = 1;

    public int Consumers { get; init; } = 1;

    /// <summary>In order; producers and consumers are spread over them round robin.</summary>
    public required IReadOnlyList<string> Queues { get; init; }

    /// <summary>Empty: the default exchange.</summary>
    public string Exchange { get; init; } = "";

    /// <summary>The type to declare the exchange with.</summary>
    public string ExchangeType { get; init; } = "direct";

    /// <summary>Null: the name of the queue that a producer is assigned to.</summary>
    public string? RoutingKey { get; init; }

    /// <summary>Null: every message of a producer has the same key.</summary>
    public KeyRotation? Keys { get; init; }

    /// <summary>So many more bindings, which no message matches.</summary>
    public int Bindings { get; init; }

    /// <summary>Bytes of body of each message.</summary>
    public int Size { get; init; } = 16;

    /// <summary>Messages per second of each producer; 0 for as many as the broker takes.</summary>
    public double Rate { get; init; }

    /// <summary>How many publishes of a producer may await their confirm; 0 for no confirms.</summary>
    public int Confirm { get; init; }

    /// <summary>0: unlimited.</summary>
    public int Prefetch { get; init; }

    /// <summary>A consumer acknowledges every so many messages at once.</summary>
    public int AckEvery { get; init; } = 1;

    public bool AutoAck { get; init; }

    public bool Persistent { get; init; }

    public bool Durable { get; init; }

    /// <summary>Measured time; null if <see cref="Count"/> ends the run.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Messages that all producers publish together, or that a drain takes; null if <see cref="Duration"/> ends the run.</summary>
    public long? Count { get; init; }

    public TimeSpan Warmup { get; init; }

    /// <summary>How long a run waits without any delivery before it holds the rest of the messages lost.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Queues and exchange that the run created stay.</summary>
    public bool Keep { get; init; }

    public bool DrainOnly { get; init; }

    public bool Json { get; init; }

    /// <summary>The queue that a producer is assigned to.</summary>
    public int QueueOf(int producer) => producer % Queues.Count;

    /// <summary>The queues that a consumer is assigned to: one, unless there are fewer consumers than queues.</summary>
    public IEnumerable<int> QueuesOf(int consumer)
    {
        for (var queue = consumer % Queues.Count; queue < Queues.Count; queue += Consumers)
            yield return queue;
    }

    public string RoutingKeyOf(int producer) => Keys?.KeyOf(0) ?? RoutingKey ?? Queues[QueueOf(producer)];

    /// <summary>How many of a producer's first messages should arrive in the queue, if any do.</summary>
    public long CountIn(int queue, long published) => Keys?.CountIn(queue, published) ?? published;

    /// <summary>Whether what the producer publishes, or some of it, should arrive in the queue.</summary>
    public bool Routes(int producer, int queue) => Keys is not null || QueueOf(producer) == queue
        || (Exchange.Length > 0 && (RoutingKey is not null || ExchangeType is "fanout" or "headers"));
}
