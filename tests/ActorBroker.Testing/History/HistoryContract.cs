namespace ActorBroker.Testing.History;

/// <summary>What a queue promises about its messages.</summary>
/// <param name="Name">Its name; one that ends in <c>*</c> is the contract of all queues with that prefix.</param>
public sealed record QueueContract(string Name)
{
    /// <summary>A publisher's messages come in the order in which they were sent.</summary>
    public bool KeepsOrder { get; init; } = true;

    /// <summary>A stream keeps what was read, and names it by its offset.</summary>
    public bool IsStream { get; init; }

    /// <summary>How long a message may wait.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The queue that has, at least once, what expired or was rejected here. Without it, such messages are gone.</summary>
    public string? DeadLettersTo { get; init; }
}

/// <summary>What a history is held against.</summary>
/// <param name="Queues">All queues of the history.</param>
/// <param name="Moment">
/// What was settled or delivered longer ago than this when the broker was killed has to be remembered: the interval at
/// which settlements are written, and some slack for the machine.
/// </param>
public sealed record HistoryContract(IReadOnlyList<QueueContract> Queues, TimeSpan Moment)
{
    /// <summary>
    /// There are several nodes: a queue may move at any time, and its consumers stay. What they hold comes again, marked,
    /// and what they settled within a moment before may, too. Order is kept for each connection of a publisher.
    /// </summary>
    public bool QueuesMove { get; init; }

    public QueueContract? Of(string queue) =>
        Queues.FirstOrDefault(contract => contract.Name == queue)
        ?? Queues.FirstOrDefault(contract => contract.Name.EndsWith('*') && queue.StartsWith(contract.Name[..^1], StringComparison.Ordinal));

    /// <summary>Whether a message sent to the one queue may be found in the other.</summary>
    public bool LeadsTo(string sentTo, string foundIn) => sentTo == foundIn || Of(sentTo)?.DeadLettersTo == foundIn;
}
