using ActorBroker.Testing.Clients;

namespace ActorBroker.Testing.History;

/// <summary>How a request ended, as far as its client knows.</summary>
public enum Outcome
{
    /// <summary>The broker said that it is done.</summary>
    Done,

    /// <summary>The broker refused it: nothing has changed.</summary>
    Refused,

    /// <summary>The connection broke before the answer: it is done or not, but nothing in between.</summary>
    Unknown,
}

/// <summary>What a client said of a delivery.</summary>
public enum Settlement
{
    Acknowledged,

    /// <summary>Rejected for good: dead-lettered, where its queue does that.</summary>
    Rejected,

    /// <summary>Given back to the queue.</summary>
    Returned,
}

/// <summary>
/// Something that a client did or saw. A history is a list of these in the order in which they were recorded; what
/// clients record late about a run of the broker still comes before the <see cref="BrokerKilled"/> that ends the run.
/// </summary>
/// <param name="At">When: of a request, when its outcome was known.</param>
public abstract record HistoryEvent(DateTimeOffset At)
{
    /// <summary>About to be published, to be found in that queue. Each message is published once.</summary>
    /// <param name="At">Before the first octet was sent.</param>
    /// <param name="Message">Its identity, which orders it among those of its publisher.</param>
    /// <param name="Queue">Where it is routed to.</param>
    /// <param name="HeldBack">It may not be delivered earlier than this after it was sent.</param>
    public sealed record Sent(DateTimeOffset At, MessageId Message, string Queue, TimeSpan HeldBack = default) : HistoryEvent(At);

    /// <summary>The broker has promised to keep the message.</summary>
    public sealed record Confirmed(DateTimeOffset At, MessageId Message) : HistoryEvent(At);

    /// <param name="At">When the client had it.</param>
    /// <param name="Message">Which message the body says it is.</param>
    /// <param name="Queue">The queue that was consumed.</param>
    /// <param name="Consumer">Number of the consumer, unique in the history.</param>
    /// <param name="Redelivered">The mark of the delivery.</param>
    /// <param name="Repeated">A dead letter that says it may have come before (<c>x-dead-letter-repeated</c>).</param>
    /// <param name="Offset">Its place in a stream.</param>
    public sealed record Delivered(
        DateTimeOffset At, MessageId Message, string Queue, int Consumer, bool Redelivered = false, bool Repeated = false, long? Offset = null)
        : HistoryEvent(At);

    /// <param name="At">When it was handed to the socket.</param>
    /// <param name="Message">What was settled.</param>
    /// <param name="Queue">Where it was delivered from.</param>
    /// <param name="Consumer">Who had it.</param>
    /// <param name="As">What was said.</param>
    public sealed record Settled(DateTimeOffset At, MessageId Message, string Queue, int Consumer, Settlement As = Settlement.Acknowledged)
        : HistoryEvent(At);

    public sealed record ConsumerStarted(DateTimeOffset At, string Queue, int Consumer) : HistoryEvent(At);

    /// <param name="At">When its outcome was known.</param>
    /// <param name="Began">When it was asked for.</param>
    /// <param name="Queue">What was purged.</param>
    /// <param name="Outcome">How it ended.</param>
    public sealed record Purged(DateTimeOffset At, DateTimeOffset Began, string Queue, Outcome Outcome) : HistoryEvent(At);

    /// <summary>A queue, exchange or binding was made, or taken away. One client at a time changes an item.</summary>
    /// <param name="At">When its outcome was known.</param>
    /// <param name="Item">What was changed.</param>
    /// <param name="Definition">What it is made to be, or null for taken away.</param>
    /// <param name="Outcome">How it ended.</param>
    public sealed record TopologyChanged(DateTimeOffset At, TopologyItem Item, string? Definition, Outcome Outcome) : HistoryEvent(At);

    /// <summary>What a client found.</summary>
    /// <param name="At">When.</param>
    /// <param name="Item">What was looked for.</param>
    /// <param name="Definition">As it was found, or null: it was not there.</param>
    public sealed record TopologySeen(DateTimeOffset At, TopologyItem Item, string? Definition) : HistoryEvent(At);

    /// <summary>A consumer has ended without having asked for it: its connection or channel broke.</summary>
    public sealed record ConsumerLost(DateTimeOffset At, string Queue, int Consumer) : HistoryEvent(At);

    /// <summary>One of several nodes was lost, cut off or halted, or their database; the others went on.</summary>
    /// <param name="At">When all clients worked again.</param>
    /// <param name="Began">When it happened.</param>
    /// <param name="ServedTwiceUntil">
    /// Until when a node that did not know that its queues live elsewhere may have handed out messages; when it began, if
    /// there was no such node.
    /// </param>
    public sealed record Disturbed(DateTimeOffset At, DateTimeOffset Began, DateTimeOffset ServedTwiceUntil) : HistoryEvent(At);

    /// <summary>A run of the broker has ended, and with it every connection and consumer.</summary>
    public sealed record BrokerKilled(DateTimeOffset At) : HistoryEvent(At);
}

/// <summary>A queue, an exchange, or a binding between the two.</summary>
public readonly record struct TopologyItem(string Exchange, string Queue)
{
    public static TopologyItem OfQueue(string name) => new("", name);

    public static TopologyItem OfExchange(string name) => new(name, "");

    public static TopologyItem OfBinding(string exchange, string queue) => new(exchange, queue);

    public bool IsBinding => Exchange.Length > 0 && Queue.Length > 0;

    public override string ToString() =>
        IsBinding ? $"binding of {Queue} to {Exchange}" : Queue.Length > 0 ? $"queue {Queue}" : $"exchange {Exchange}";
}
