using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Clients;

/// <summary>
/// What a client asks of its session, and means to be answered by <see cref="ClientAnswer"/>, with the request id of its
/// own choosing. What one is allowed is the same as over AMQP 0-9-1, and refused in the same words.
/// </summary>
public abstract record ClientRequest(long RequestId) : IBrokerMessage;

/// <summary>Create a queue, or check that it exists or is equal. An empty name has the broker make one up.</summary>
public sealed record ClientDeclareQueue(long RequestId, string Queue, QueueDefinition Definition, bool Passive) : ClientRequest(RequestId);

/// <summary>Delete a queue; a missing one is no error.</summary>
public sealed record ClientDeleteQueue(long RequestId, string Queue, bool IfUnused, bool IfEmpty) : ClientRequest(RequestId);

/// <summary>Remove all ready messages of a queue.</summary>
public sealed record ClientPurgeQueue(long RequestId, string Queue) : ClientRequest(RequestId);

/// <summary>Create an exchange, or check that it exists or is equal.</summary>
public sealed record ClientDeclareExchange(long RequestId, string Exchange, ExchangeDefinition Definition, bool Passive) : ClientRequest(RequestId);

/// <summary>Delete an exchange; a missing one is no error.</summary>
public sealed record ClientDeleteExchange(long RequestId, string Exchange, bool IfUnused) : ClientRequest(RequestId);

/// <summary>Add a binding. When the answer comes it is in force on every node.</summary>
public sealed record ClientBind(long RequestId, string Exchange, Binding Binding) : ClientRequest(RequestId);

/// <summary>Remove a binding; a missing one is no error.</summary>
public sealed record ClientUnbind(long RequestId, string Exchange, Binding Binding) : ClientRequest(RequestId);

/// <summary>
/// Start a consumer. Deliveries come as <see cref="Queues.DeliverMessages"/>; the client gives back their room by
/// <see cref="Queues.GrantCredit"/>, of so many bytes of the records that it was sent, and settles them by
/// <see cref="Queues.SettleMessages"/>.
/// </summary>
/// <param name="RequestId">Of the client's choosing.</param>
/// <param name="ConsumerId">Above zero, and never used again in the session.</param>
/// <param name="Queue">The queue's name.</param>
/// <param name="Settings">How it wants its messages.</param>
public sealed record ClientSubscribe(long RequestId, int ConsumerId, string Queue, ConsumerSettings Settings) : ClientRequest(RequestId);

/// <summary>No more deliveries after the answer. What was delivered stays unsettled until it is settled or the session ends.</summary>
public sealed record ClientUnsubscribe(long RequestId, int ConsumerId) : ClientRequest(RequestId);

/// <summary>Take one message: answered by <see cref="Queues.MessageTaken"/>, or <see cref="ClientAnswer"/> with the refusal.</summary>
/// <param name="RequestId">Of the client's choosing.</param>
/// <param name="ConsumerId">By which it is settled: the same for all gets from this queue, and no consumer's.</param>
/// <param name="Queue">The queue's name.</param>
/// <param name="NoAck">It is settled as it is sent.</param>
public sealed record ClientGet(long RequestId, int ConsumerId, string Queue, bool NoAck) : ClientRequest(RequestId);

/// <summary>
/// Start a consumer of direct reply-to. The answer's name is what others reply to, on the default exchange; replies are
/// delivered to the consumer and settled as they are sent.
/// </summary>
public sealed record ClientOpenReplies(long RequestId, int ConsumerId) : ClientRequest(RequestId);

/// <summary>The answer: done when <paramref name="Refusal"/> is null.</summary>
/// <param name="RequestId">As asked.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="Name">The queue's name (declare), or the name to reply to; else empty.</param>
/// <param name="MessageCount">Ready messages (declare), or removed ones (purge, delete).</param>
/// <param name="ConsumerCount">Consumers on the queue (declare).</param>
public sealed record ClientAnswer(long RequestId, Refusal? Refusal, string Name, long MessageCount, int ConsumerCount) : IRequestAnswer;

/// <summary>The session ended a consumer that was not asked to: its queue was deleted, or cannot be served.</summary>
public sealed record ClientSubscriptionEnded(int ConsumerId, Refusal Refusal) : IBrokerMessage;
