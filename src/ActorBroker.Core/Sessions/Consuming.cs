using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Sessions;

/// <summary>How a consumer wants its messages.</summary>
/// <param name="Tag">The consumer tag, for listings.</param>
/// <param name="NoAck">Messages are settled as they are sent.</param>
/// <param name="Exclusive">No other consumer may be on the queue.</param>
/// <param name="PrefetchCount">Most unsettled messages at a time, 0 for no limit; ignored with <paramref name="NoAck"/>.</param>
/// <param name="WindowBytes">Most bytes of deliveries on their way to the client; given back by <see cref="IBrokerSession.GrantCredit"/>.</param>
/// <param name="Arguments">As given by the client.</param>
public sealed record ConsumerSettings(
    string Tag, bool NoAck, bool Exclusive, int PrefetchCount, int WindowBytes, ArgumentTable Arguments)
{
    /// <summary>The broker itself reads: no consumer that an auto-delete queue has had when it is gone.</summary>
    public bool IsOfBroker { get; init; }
}

/// <summary>The answer to a queue operation.</summary>
/// <param name="Refusal">Null on success.</param>
/// <param name="MessageCount">Ready messages (declare), or removed ones (purge, delete).</param>
/// <param name="ConsumerCount">Consumers on the queue.</param>
public readonly record struct QueueReply(Refusal? Refusal, long MessageCount, int ConsumerCount);

/// <summary>The answer to a get.</summary>
/// <param name="Refusal">Null on success.</param>
/// <param name="Segment">One message, or null when the queue is empty.</param>
/// <param name="MessagesLeft">Ready messages that remain.</param>
public readonly record struct GetReply(Refusal? Refusal, DeliverySegment? Segment, long MessagesLeft);
