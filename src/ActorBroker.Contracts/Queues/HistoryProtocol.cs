using ActorBroker.Core.Arguments;
using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Queues;

/// <summary>
/// What anybody may ask of what a queue holds or keeps: its consumers notice nothing of it, but for messages that they do
/// not get any more. What is asked of its history, a queue that keeps none refuses.
/// </summary>
public abstract record HistoryCommand(QueueKey Queue) : NamedQueueCommand(Queue)
{
    /// <summary>The answer when the queue cannot do it.</summary>
    public abstract QueueNotice Refused(Refusal refusal);
}

/// <summary>What is browsed.</summary>
public enum BrowseScope : byte
{
    /// <summary>All that is kept by position, consumed or not.</summary>
    History = 0,

    /// <summary>What is in the queue now; of a stream that is its history.</summary>
    Queue = 1,
}

/// <summary>Read one page of the history, or of what is in the queue. Answered by <see cref="QueueBrowsed"/>.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="RequestId">Of the sender's choosing.</param>
/// <param name="Range">Where the page starts and what it may reach to.</param>
/// <param name="Criteria">Which messages are wanted.</param>
/// <param name="Limits">How large the page may be.</param>
/// <param name="Origin">Who asks.</param>
public sealed record BrowseQueue(
    QueueKey Queue, long RequestId, HistoryRange Range, MessageCriteria Criteria, PageLimits Limits, Origin Origin) : HistoryCommand(Queue)
{
    /// <summary>What is browsed; what is in a queue has no times.</summary>
    public BrowseScope Scope { get; init; }

    /// <inheritdoc/>
    public override QueueNotice Refused(Refusal refusal) => new QueueBrowsed(RequestId, Queue, refusal, [], 0, false, default);
}

/// <summary>How large a page may be; the broker takes no more than <see cref="CountMax"/> and <see cref="BytesMax"/>.</summary>
/// <param name="Count">Most messages.</param>
/// <param name="Bytes">
/// Most bytes of properties and bodies together. The first message is in the page however large it is, with as much of
/// its body as has room.
/// </param>
/// <param name="BodyBytes">Most bytes of each body; null for whole ones.</param>
public sealed record PageLimits(int Count, int Bytes, int? BodyBytes = null)
{
    /// <summary>Messages in one page.</summary>
    public const int CountMax = 1000;

    /// <summary>Bytes in one page: what a message between nodes can carry easily.</summary>
    public const int BytesMax = 1 << 20;

    /// <summary>A hundred messages, 256 KiB.</summary>
    public static PageLimits Default { get; } = new(100, 1 << 18);

    /// <summary>Within what the broker gives.</summary>
    public PageLimits Clamped() => new(
        Math.Clamp(Count, 1, CountMax), Math.Clamp(Bytes, 1, BytesMax), BodyBytes is { } bytes ? Math.Clamp(bytes, 0, BytesMax) : null);
}

/// <summary>A message of a queue or its history, as it was published.</summary>
/// <param name="Position">Its number in the queue, for good.</param>
/// <param name="WrittenAt">When the journal took it, Unix time in milliseconds; 0 where that is not known.</param>
/// <param name="Exchange">The exchange that it was published to.</param>
/// <param name="RoutingKey">Its routing key.</param>
/// <param name="Properties">By the names of AMQP 0-9-1 (<c>content_type</c>, ...), without the headers.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="BodyLength">Length of the whole body.</param>
/// <param name="Body">As much of it from the start as was asked for and has room; owned by whoever gets the page.</param>
public sealed record BrowsedMessage(
    long Position,
    long WrittenAt,
    string Exchange,
    string RoutingKey,
    ArgumentTable Properties,
    ArgumentTable Headers,
    int BodyLength,
    ReadOnlyMemory<byte> Body)
{
    /// <summary>Who has it, of a message in a queue; null of one in a history.</summary>
    public MessageStanding? Standing { get; init; }

    /// <summary>It may have been delivered before.</summary>
    public bool Redelivered { get; init; }
}

/// <summary>The answer to <see cref="BrowseQueue"/>.</summary>
/// <param name="RequestId">As asked.</param>
/// <param name="Queue">As asked.</param>
/// <param name="Refusal">Not null when the queue cannot be browsed; nothing else says anything then.</param>
/// <param name="Messages">By ascending position.</param>
/// <param name="Next">The position where the next page starts.</param>
/// <param name="IsEnd">There was nothing more in the range; what is published later starts at <paramref name="Next"/> or behind.</param>
/// <param name="Extent">What the history held when the page was read.</param>
public sealed record QueueBrowsed(
    long RequestId, QueueKey Queue, Refusal? Refusal, IReadOnlyList<BrowsedMessage> Messages, long Next, bool IsEnd, HistoryExtent Extent)
    : QueueNotice, IRequestAnswer;

/// <summary>
/// Publish a part of the history again, in order, at least once, up to the end that the history has now. Answered by
/// <see cref="ReplayReported"/>: when it starts, each second while it goes on, and when it has ended. It goes on when the
/// sender is gone, and ends when the queue's actor does: how far it came was told, and another one may go on from there.
/// The same id again is no second replay, but asks for a report, until a minute after its end.
/// </summary>
/// <param name="Queue">The queue whose history is read.</param>
/// <param name="ReplayId">The sender's name for this replay, which every replayed message carries.</param>
/// <param name="Range">Which part of the history.</param>
/// <param name="Criteria">Which of its messages.</param>
/// <param name="Destination">A queue, which gets the messages as they are, or an exchange, which routes them anew.</param>
/// <param name="RoutingKey">The key that an exchange routes them by; null for each message's own.</param>
/// <param name="Origin">Who asks.</param>
public sealed record ReplayMessages(
    QueueKey Queue,
    string ReplayId,
    HistoryRange Range,
    MessageCriteria Criteria,
    Destination Destination,
    string? RoutingKey,
    Origin Origin) : HistoryCommand(Queue)
{
    /// <inheritdoc/>
    public override QueueNotice Refused(Refusal refusal) => ReplayReported.NotThere(Queue, ReplayId, refusal);
}

/// <summary>How far is the replay? Answered by <see cref="ReplayReported"/>, until a minute after its end.</summary>
public sealed record DescribeReplay(QueueKey Queue, string ReplayId) : HistoryCommand(Queue)
{
    /// <inheritdoc/>
    public override QueueNotice Refused(Refusal refusal) => ReplayReported.NotThere(Queue, ReplayId, refusal);
}

/// <summary>
/// End the replay. Answered by <see cref="ReplayReported"/> when nothing of it is under way any more, or after five
/// seconds; what had been published stays.
/// </summary>
public sealed record CancelReplay(QueueKey Queue, string ReplayId) : HistoryCommand(Queue)
{
    /// <inheritdoc/>
    public override QueueNotice Refused(Refusal refusal) => ReplayReported.NotThere(Queue, ReplayId, refusal);
}

/// <summary>What a replay is about.</summary>
public enum ReplayState : byte
{
    /// <summary>Reading and publishing.</summary>
    Running = 0,

    /// <summary>All of its range has arrived.</summary>
    Finished = 1,

    /// <summary>Somebody ended it.</summary>
    Cancelled = 2,

    /// <summary>It could not go on, or never began: the refusal says why.</summary>
    Failed = 3,
}

/// <summary>How far a replay has come.</summary>
/// <param name="Queue">The queue whose history is read.</param>
/// <param name="ReplayId">As asked.</param>
/// <param name="State">What it is about.</param>
/// <param name="Progress">In numbers.</param>
/// <param name="Refusal">Why it failed; null otherwise.</param>
public sealed record ReplayReported(QueueKey Queue, string ReplayId, ReplayState State, ReplayProgress Progress, Refusal? Refusal) : QueueNotice
{
    /// <summary>For a replay that never began.</summary>
    public static ReplayReported NotThere(QueueKey queue, string replayId, Refusal refusal) =>
        new(queue, replayId, ReplayState.Failed, new ReplayProgress(0, 0, 0, 0, 0, 0, 0), refusal);
}

/// <summary>A replay in numbers.</summary>
/// <param name="LookedAt">Messages that were read.</param>
/// <param name="Matched">Those of them that are wanted.</param>
/// <param name="Replayed">Those of them that have arrived: every queue that they were routed to has confirmed them.</param>
/// <param name="Unrouted">Those that the exchange had no queue for.</param>
/// <param name="Missing">
/// Positions in between that gave no message: it left the history meanwhile, or the journal could not be read there. Not
/// known, and 0, with filter values, by which the queue itself passes messages over.
/// </param>
/// <param name="Next">
/// All before this position is done. To go on after a failure, start there: some messages behind it may have arrived,
/// and come again.
/// </param>
/// <param name="End">The position that it ends before.</param>
public sealed record ReplayProgress(long LookedAt, long Matched, long Replayed, long Unrouted, long Missing, long Next, long End);

/// <summary>How far has this consumer of a history come? Answered by <see cref="ReaderDescribed"/>, behind all that it has been sent.</summary>
public sealed record DescribeReader(long RequestId, int ConsumerId) : QueueCommand;

/// <summary>The answer to <see cref="DescribeReader"/>.</summary>
/// <param name="RequestId">As asked.</param>
/// <param name="ConsumerId">As asked.</param>
/// <param name="Extent">What the history holds; null when the queue keeps none.</param>
/// <param name="Next">
/// All before this position was delivered or passed over; null when there is no such consumer, or its place still has to
/// be found.
/// </param>
public sealed record ReaderDescribed(long RequestId, int ConsumerId, HistoryExtent? Extent, long? Next) : QueueNotice, IRequestAnswer;
