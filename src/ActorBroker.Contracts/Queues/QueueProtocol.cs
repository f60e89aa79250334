using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Transactions;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Contracts.Queues;

/// <summary>
/// What a queue entity understands. Messages that carry a <see cref="QueueKey"/> go through the shard region; the rest
/// is told to the actor that <see cref="QueueResolved"/> named. Answers go to the sender, which is the connection;
/// a request id of the connection's own choosing tells it what is answered.
/// </summary>
public abstract record QueueCommand : IBrokerMessage
{
    private protected QueueCommand()
    {
    }
}

/// <summary>A command that finds its queue by name.</summary>
public abstract record NamedQueueCommand(QueueKey Queue) : QueueCommand, IShardedMessage
{
    /// <inheritdoc/>
    public string? EntityId => Queue == default ? null : EntityIds.Of(Queue);
}

/// <summary>Create the queue, or check that it exists or is equal. Answered by <see cref="QueueAnswered"/>.</summary>
public sealed record DeclareQueue(QueueKey Queue, long RequestId, QueueDefinition Definition, bool Passive, Origin Origin)
    : NamedQueueCommand(Queue);

/// <summary>Delete the queue. Answered by <see cref="QueueAnswered"/> once its bindings are gone too.</summary>
public sealed record DeleteQueue(QueueKey Queue, long RequestId, bool IfUnused, bool IfEmpty, Origin Origin)
    : NamedQueueCommand(Queue);

/// <summary>Remove all ready messages. Answered by <see cref="QueueAnswered"/>.</summary>
public sealed record PurgeQueue(QueueKey Queue, long RequestId, Origin Origin) : NamedQueueCommand(Queue);

/// <summary>Who is this queue? Answered by <see cref="QueueResolved"/> or, with not found, <see cref="QueueAnswered"/>.</summary>
public sealed record ResolveQueue(QueueKey Queue, long RequestId) : NamedQueueCommand(Queue)
{
    /// <summary>Who is going to publish, so that it can send batches again when the queue's actor is lost; nobody by default.</summary>
    public LinkOpening Link { get; init; }

    /// <summary>
    /// Not null: messages between the connection and the queue may have been lost. What the connection has started there
    /// is no more, and what it holds is given back; it is going to start so many consumers again.
    /// </summary>
    public int? ConsumersAnew { get; init; }
}

/// <summary>What is this queue? Answered by <see cref="QueueDescribed"/>.</summary>
public sealed record DescribeQueue(QueueKey Queue, long RequestId) : NamedQueueCommand(Queue);

/// <summary>
/// Wake the queue if it is asleep, for what is due in it. Answered by <see cref="QueueWoken"/> when it has recovered, or is not there.
/// </summary>
public sealed record WakeQueue(QueueKey Queue) : NamedQueueCommand(Queue);

/// <summary>The answer to <see cref="WakeQueue"/>.</summary>
public sealed record QueueWoken(QueueKey Queue) : IBrokerMessage;

/// <summary>
/// An exchange is about to bind this queue: remember it, so that deleting the queue removes the binding. Or it is about to
/// unbind it, for a connection that must not if the queue is another's.
/// <paramref name="Connection"/> is the client's connection, checked against an exclusive queue's owner; null for the
/// broker itself. Answered by <see cref="BindingSourceAnswered"/>.
/// </summary>
public sealed record AddBindingSource(QueueKey Queue, string RequestId, string Exchange, IActorRef? Connection, bool Durable)
    : NamedQueueCommand(Queue);

/// <summary>The answer to <see cref="AddBindingSource"/>, of a queue or of an exchange.</summary>
public sealed record BindingSourceAnswered(string RequestId, Refusal? Refusal, bool DestinationIsDurable) : IBrokerMessage;

/// <summary>
/// Messages from a connection. Batches of one connection carry link sequence numbers that count up by one; progress is
/// told by them. Who has named itself with <see cref="ResolveQueue.Link"/> goes on counting at the queue's next
/// incarnation, and sends again what that does not know (<see cref="QueueResolved.Standing"/>).
/// </summary>
public record PublishBatch(long LinkSequence, MessageBatch Batch) : QueueCommand;

/// <summary>
/// A batch, and what its connection settles with it: a transaction's share of one queue, which takes effect as a whole.
/// </summary>
public sealed record CommitTransaction(long LinkSequence, MessageBatch Batch, IReadOnlyList<Settlement> Settlements)
    : PublishBatch(LinkSequence, Batch);

/// <summary>
/// As <see cref="CommitTransaction"/>, of a transaction of several queues: nothing takes effect before
/// <see cref="EndTransaction"/>. Confirmed progress means that the queue can do either.
/// </summary>
public sealed record PrepareTransaction(long LinkSequence, MessageBatch Batch, IReadOnlyList<Settlement> Settlements, TransactionId Id)
    : PublishBatch(LinkSequence, Batch);

/// <summary>
/// How a transaction ended: from its connection, or from the entity that has decided it, which is told of a commit by
/// <see cref="Transactions.TransactionApplied"/> when the queue need not hear of it again.
/// </summary>
public sealed record EndTransaction(QueueKey Queue, TransactionId Id, bool Committed) : NamedQueueCommand(Queue);

/// <summary>Start a consumer. Answered by <see cref="ConsumerStarted"/> or <see cref="QueueAnswered"/>.</summary>
public sealed record StartConsumer(long RequestId, int ConsumerId, ConsumerSettings Settings, Origin Origin) : QueueCommand;

/// <summary>Deliver no more. Answered by <see cref="ConsumerStopped"/>.</summary>
public sealed record StopConsumer(long RequestId, int ConsumerId) : QueueCommand;

/// <summary>Forget the consumer or getter; what it holds unsettled is ready again, marked redelivered.</summary>
public sealed record CloseConsumer(int ConsumerId) : QueueCommand;

/// <summary>Hold a consumer back, or let it go on.</summary>
public sealed record SetConsumerActive(int ConsumerId, bool Active) : QueueCommand;

/// <summary>So many bytes of deliveries have left for the client.</summary>
public sealed record GrantCredit(int ConsumerId, int Bytes) : QueueCommand;

/// <summary>One outcome for some positions of one consumer.</summary>
public readonly record struct Settlement(int ConsumerId, SettleOutcome Outcome, PositionRange Positions);

/// <summary>What one socket read of the client settled.</summary>
public sealed record SettleMessages(IReadOnlyList<Settlement> Settlements) : QueueCommand;

/// <summary>Take one message. Answered by <see cref="MessageTaken"/>.</summary>
public sealed record GetMessage(long RequestId, int ConsumerId, bool NoAck) : QueueCommand;

/// <summary>What a queue tells a connection.</summary>
public abstract record QueueNotice : IBrokerMessage
{
    private protected QueueNotice()
    {
    }
}

/// <summary>The answer to a queue operation: done when <paramref name="Refusal"/> is null.</summary>
public sealed record QueueAnswered(long RequestId, Refusal? Refusal, long MessageCount, int ConsumerCount) : QueueNotice, IRequestAnswer;

/// <summary>The answer to <see cref="DescribeQueue"/>.</summary>
/// <param name="RequestId">As asked.</param>
/// <param name="Queue">As asked.</param>
/// <param name="Refusal">Not null when there is no such queue; nothing else says anything then.</param>
/// <param name="Definition">As declared, or redefined since.</param>
/// <param name="Policy">What policies say of it.</param>
/// <param name="ReadyCount">Messages that wait.</param>
/// <param name="UnsettledCount">Messages that consumers hold.</param>
/// <param name="ConsumerCount">Consumers.</param>
public sealed record QueueDescribed(
    long RequestId,
    QueueKey Queue,
    Refusal? Refusal,
    QueueDefinition? Definition,
    EffectivePolicy Policy,
    long ReadyCount,
    long UnsettledCount,
    int ConsumerCount) : QueueNotice, IRequestAnswer
{
    /// <summary>Messages lost since the queue's actor started because the journal holds them damaged.</summary>
    public long LostCount { get; init; }

    /// <summary>Messages that x-retention keeps, those in the queue too.</summary>
    public long RetainedCount { get; init; }

    /// <summary>Size of their records.</summary>
    public long RetainedBytes { get; init; }

    /// <summary>Who has declared it; empty where that is not known.</summary>
    public string DeclaredBy { get; init; } = string.Empty;

    /// <summary>What the queue does by its definition and policies; null when there is none.</summary>
    public QueueSettings? Settings => Definition is null ? null : QueueSettingsResolver.Resolve(Definition.Arguments, Policy.Definition);
}

/// <summary>The queue's actor; it may be told directly until it terminates.</summary>
public sealed record QueueResolved(long RequestId, QueueKey Queue, IActorRef Actor) : QueueNotice, IRequestAnswer
{
    /// <summary>Another number than before: another queue has the name now. What was meant for the one before is not to be sent to it.</summary>
    public long Declaration { get; init; }

    /// <summary>What the queue knows of whoever asks.</summary>
    public LinkStanding Standing { get; init; }
}

/// <summary>
/// How far a connection's batches have come, cumulative. Accepted: the connection's window is free of them again.
/// Confirmed: safe by the queue's and messages' own measure (committed where durable and persistent).
/// </summary>
public sealed record PublishProgress(long AcceptedSequence, long ConfirmedSequence) : QueueNotice;

/// <summary>
/// Every batch not confirmed so far may be lost: the journal refused or failed, or the queue stops. Its next incarnation
/// knows which are, for those who named themselves with <see cref="ResolveQueue.Link"/>.
/// </summary>
public sealed record PublishFailed(long FirstSequence, long LastSequence) : QueueNotice;

/// <summary>
/// The batches from this sequence on have not come, though a later one has: they were lost on the way, and the queue
/// takes nothing else of that connection before they are sent again.
/// </summary>
public sealed record PublishMissing(long FirstSequence) : QueueNotice;

/// <summary>
/// The queue refuses these messages of a batch (its length limit rejects publishes). The rest of the batch goes its way
/// through <see cref="PublishProgress"/>, which comes later than this.
/// </summary>
public sealed record PublishRejected(long LinkSequence, int[] Indexes) : QueueNotice;

/// <summary>
/// The queue's journal holds its share of the transaction, so it has to be decided in a way that outlives a restart;
/// told before the progress of the share's batch.
/// </summary>
public sealed record TransactionPrepared(TransactionId Id) : QueueNotice;

/// <summary>The consumer is on.</summary>
public sealed record ConsumerStarted(long RequestId, int ConsumerId) : QueueNotice, IRequestAnswer
{
    /// <summary>Where a stream's consumer starts, for it to go on there if the queue's actor ends before the first delivery; null where that cannot be said.</summary>
    public long? StreamOffset { get; init; }
}

/// <summary>The consumer is off; nothing follows for it.</summary>
public sealed record ConsumerStopped(long RequestId, int ConsumerId) : QueueNotice, IRequestAnswer;

/// <summary>The queue ended the consumer: it was deleted.</summary>
public sealed record ConsumerCancelled(int ConsumerId) : QueueNotice;

/// <summary>
/// The consumer holds a delivery unsettled for longer than the queue allows, so that its channel ends; the queue has
/// taken back what it held.
/// </summary>
public sealed record ConsumerTimedOut(int ConsumerId, long TimeoutMs) : QueueNotice;

/// <summary>Messages for a consumer.</summary>
public sealed record DeliverMessages(int ConsumerId, DeliverySegment[] Segments) : QueueNotice;

/// <summary>The answer to <see cref="GetMessage"/>: at most one message.</summary>
public sealed record MessageTaken(long RequestId, DeliverySegment? Segment, long MessagesLeft) : QueueNotice, IRequestAnswer;
