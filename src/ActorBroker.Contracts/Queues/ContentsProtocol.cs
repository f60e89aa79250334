using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Queues;

/// <summary>
/// Take these messages out of the queue, those that no consumer holds. Answered by <see cref="MessagesHandled"/> when the
/// journal has it.
/// </summary>
/// <param name="Queue">The queue.</param>
/// <param name="RequestId">Of the sender's choosing.</param>
/// <param name="Positions">Where they are; ascending, at most <see cref="PositionsMax"/> in all.</param>
/// <param name="DeadLetter">They go to the queue's dead letter exchange, if it has one, as if a consumer had rejected them.</param>
/// <param name="Origin">Who asks.</param>
public sealed record RemoveMessages(
    QueueKey Queue, long RequestId, IReadOnlyList<PositionRange> Positions, bool DeadLetter, Origin Origin) : HistoryCommand(Queue)
{
    /// <summary>Messages of one command.</summary>
    public const int PositionsMax = 10_000;

    /// <inheritdoc/>
    public override QueueNotice Refused(Refusal refusal) => new MessagesHandled(RequestId, Queue, refusal, 0, 0);

    /// <summary>Why these positions cannot be meant; null when they can.</summary>
    public static Refusal? Check(IReadOnlyList<PositionRange> positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        var next = 0L;
        var left = (long)PositionsMax;
        foreach (var (first, count) in positions)
        {
            if (first < next || count <= 0 || count > left || first > long.MaxValue - count)
            {
                return new Refusal(RefusalReason.PreconditionFailed, $"positions are not negative, ascend, and are at most {PositionsMax} at once");
            }

            next = first + count;
            left -= count;
        }

        return null;
    }
}

/// <summary>
/// Publish these messages elsewhere, in order, at least once. Unless they stay here too, each leaves the queue when it has
/// arrived; until then no consumer gets it, and what does not arrive is back in its place. Answered by
/// <see cref="MessagesHandled"/> when it is over, which takes ten seconds at most.
/// </summary>
/// <param name="Queue">The queue.</param>
/// <param name="RequestId">Of the sender's choosing.</param>
/// <param name="TransferId">The sender's name for it, which messages carry that stay here too.</param>
/// <param name="Positions">As <see cref="RemoveMessages"/>.</param>
/// <param name="Destination">A queue, which gets the messages as they are, or an exchange, which routes them anew.</param>
/// <param name="RoutingKey">The key that an exchange routes them by; null for each message's own.</param>
/// <param name="Keeps">The messages stay in the queue; those that a consumer holds are copied too.</param>
/// <param name="Origin">Who asks.</param>
public sealed record TransferMessages(
    QueueKey Queue,
    long RequestId,
    string TransferId,
    IReadOnlyList<PositionRange> Positions,
    Destination Destination,
    string? RoutingKey,
    bool Keeps,
    Origin Origin) : HistoryCommand(Queue)
{
    /// <inheritdoc/>
    public override QueueNotice Refused(Refusal refusal) => new MessagesHandled(RequestId, Queue, refusal, 0, 0);
}

/// <summary>The answer to <see cref="RemoveMessages"/> and <see cref="TransferMessages"/>.</summary>
/// <param name="RequestId">As asked.</param>
/// <param name="Queue">As asked.</param>
/// <param name="Refusal">Why no more was done; null when it has come to its end.</param>
/// <param name="Done">Messages that were removed, or have arrived.</param>
/// <param name="Left">Positions at which nothing was done: there is no message, or a consumer holds it, or it did not arrive.</param>
public sealed record MessagesHandled(long RequestId, QueueKey Queue, Refusal? Refusal, long Done, long Left) : QueueNotice, IRequestAnswer;
