using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues.Transactions;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Core.Queues;

/// <summary>
/// What a queue's actor asks of its rules, whatever type of queue it is. Pure: no clock, no IO; what must happen outside
/// is asked of <see cref="IQueueEffects"/>. Not thread-safe.
/// </summary>
public interface IQueueRules
{
    /// <summary>Unix time in milliseconds, as of the last <see cref="AdvanceTo"/>.</summary>
    long Now { get; }

    /// <summary>What the queue does.</summary>
    QueueSettings Settings { get; }

    /// <summary>Messages that wait for a consumer; of a stream, all.</summary>
    long ReadyCount { get; }

    /// <summary>Messages lost since the queue started because the journal holds them damaged.</summary>
    long LostCount { get; }

    /// <summary>Messages that consumers hold.</summary>
    long UnsettledCount { get; }

    /// <summary>What happens to messages is counted here; null where nobody watches.</summary>
    QueueCounters? Counters { get; set; }

    /// <summary>What the messages take up. Costs a look at each segment, and at some of the messages.</summary>
    QueueSizes MeasureSizes();

    /// <summary>Size of the records in memory.</summary>
    long ResidentBytes { get; }

    /// <summary>The tag of the only consumer that is served, on a queue with a single active one.</summary>
    string? SingleActiveConsumerTag => null;

    /// <summary>Consumers on the queue.</summary>
    int ConsumerCount { get; }

    /// <summary>The queue has had a consumer: what auto-delete waits for.</summary>
    bool HadConsumer { get; }

    /// <summary>The consumers that were not cancelled.</summary>
    IEnumerable<ConsumerKey> Consumers { get; }

    /// <summary>Settlements, or marks of deliveries, wait that <see cref="FlushSettlements"/> would write.</summary>
    bool HasUnwrittenSettlements { get; }

    /// <summary>Publishers are held back until memory is free: <see cref="Spill"/> may free it.</summary>
    bool IsWithholding { get; }

    /// <summary>Nothing waits to be written and no write is under way.</summary>
    bool IsWrittenOut { get; }

    /// <summary>
    /// Nobody uses the queue, nothing is under way, and the journal has all of it: its rules may be forgotten, and made
    /// anew from the journal. Dear to find out.
    /// </summary>
    bool CanBeForgotten { get; }

    /// <summary>
    /// The lowest journal event that is still needed for a body; <see cref="long.MaxValue"/> for none. What a snapshot
    /// needs is this as of its <see cref="Index"/>: later it may have gone up by settlements that no event holds yet.
    /// </summary>
    long FirstLiveSequenceNr { get; }

    /// <summary>
    /// To be called after writes, as long as the queue goes on: lets the journal give back what it holds for nothing.
    /// </summary>
    /// <param name="trimmedTo">Events up to there have been deleted.</param>
    /// <returns>A snapshot should be taken, and the events below it deleted that nothing is needed of.</returns>
    bool ReclaimSpace(long trimmedTo) => false;

    /// <summary>Time has come to there. To be called before anything else that happens then; time that goes back stands still.</summary>
    void AdvanceTo(long now);

    /// <summary>When <see cref="AdvanceTo"/> should be called although nothing happens; null for never.</summary>
    long? NextDue { get; }

    /// <summary>Other settings are in force from now on; what they say of messages that are here happens at once.</summary>
    void Apply(QueueSettings settings);

    /// <summary>Messages have arrived where <see cref="IQueueEffects.DeadLetter"/> gave them to.</summary>
    void DeadLettersDone(PositionRange positions);

    /// <summary>Whoever <see cref="IQueueEffects.DeadLetter"/> gave messages to is gone: what is not done is given again.</summary>
    void DeadLettersInterrupted();

    /// <summary>
    /// A publisher says who it is before its first batch, so that what it sends again, because an earlier incarnation of the
    /// queue was lost, is known here. Its sequences go on where they were.
    /// </summary>
    LinkStanding OpenLink(int connection, LinkOpening opening);

    /// <summary>
    /// To be asked before <see cref="Publish"/>, <see cref="Commit"/> and <see cref="Prepare"/>: false for a batch that is
    /// here already, or comes although one before it is missing. Its connection is told.
    /// </summary>
    bool ExpectsBatch(int connection, long linkSequence);

    /// <summary>A batch from a connection; sequences of one connection count up by one from 1.</summary>
    void Publish(int connection, long linkSequence, MessageBatch batch);

    /// <summary>
    /// A batch, perhaps without messages, with settlements of the same connection. Queues that let consumers settle
    /// messages for good write both in one event, so that a crash leaves neither or both, and confirm when that is
    /// committed. All messages are refused, and nothing is settled, when not all have room.
    /// </summary>
    void Commit(int connection, long linkSequence, MessageBatch batch, ReadOnlySpan<HeldSettlement> settlements);

    /// <summary>
    /// As <see cref="Commit"/>, but nothing happens before <see cref="End"/>: the messages have no places in the queue
    /// yet, and nobody has what is settled. Confirmed means here that it can be committed or not even after a crash;
    /// where the journal holds it, <see cref="IQueueEffects.TransactionPrepared"/> says so first.
    /// </summary>
    void Prepare(int connection, long linkSequence, TransactionId id, MessageBatch batch, ReadOnlySpan<HeldSettlement> settlements);

    /// <summary>
    /// How a transaction ended. False when the queue has no share of it, or has none any more; an end that it has been
    /// told of already changes nothing.
    /// </summary>
    bool End(TransactionId id, bool committed);

    /// <summary>Shares whose transactions have not ended as far as the queue knows.</summary>
    IEnumerable<UndecidedTransaction> UndecidedTransactions { get; }

    /// <summary>There are shares, of transactions that have ended or not.</summary>
    bool HasPrepared { get; }

    /// <summary>Bytes of the messages of shares, which <see cref="Index"/> would hold.</summary>
    long PreparedBytes { get; }

    /// <summary>The write under way is committed as that journal event.</summary>
    void WriteCompleted(long sequenceNr);

    /// <summary>The journal refused or failed: no publish that is unconfirmed may ever be confirmed.</summary>
    void WriteFailed();

    /// <summary>Writes settlements that wait, if no write is under way (which would take them along next).</summary>
    void FlushSettlements();

    /// <summary>Publishers have been held back for a while: writes what could leave memory once it is written.</summary>
    void Spill();

    /// <summary>Whether messages can be taken one by one.</summary>
    Refusal? CheckGet(QueueKey queue) => null;

    /// <summary>Whether all ready messages can be removed.</summary>
    Refusal? CheckPurge(QueueKey queue) => null;

    /// <summary>Adds a consumer, or says why not. <see cref="Dispatch"/> must follow when the consumer has been told.</summary>
    Refusal? StartConsumer(ConsumerKey key, ConsumerSettings settings, string queueText);

    /// <summary>A consumer with <see cref="ConsumerArguments.OffsetName"/> reads what was published, rather than taking messages.</summary>
    bool KeepsHistory => false;

    /// <summary>Messages that are kept for such consumers beside those in the queue, consumed or not; none of a stream.</summary>
    long RetainedCount => 0;

    /// <summary>Size of their records.</summary>
    long RetainedBytes => 0;

    /// <summary>
    /// Where a consumer of a history goes on: all before it was delivered or passed over. Null for other consumers, and
    /// where it still has to be found.
    /// </summary>
    long? NextOffsetOf(ConsumerKey key) => null;

    /// <summary>What consumers with an offset may read, whether others have settled it or not; null where the queue keeps no history.</summary>
    HistoryExtent? History => null;

    /// <summary>Hands out what can be handed out.</summary>
    void Dispatch();

    /// <summary>Delivers no more to the consumer; it may still settle what it has.</summary>
    void StopConsumer(ConsumerKey key);

    /// <summary>Forgets a consumer or getter; what it holds goes back to the queue.</summary>
    void CloseConsumer(ConsumerKey key);

    /// <summary>Holds a consumer back or lets it go on.</summary>
    void SetConsumerActive(ConsumerKey key, bool active);

    /// <summary>Bytes of deliveries have left for the client.</summary>
    void GrantCredit(ConsumerKey key, int bytes);

    /// <summary>Settles positions that the consumer holds; any that it does not hold are passed over.</summary>
    void Settle(ConsumerKey key, SettleOutcome outcome, PositionRange positions);

    /// <summary>To be called once after one or more settlements: what they made possible happens.</summary>
    void AfterSettling();

    /// <summary>Takes one message for a getter; answered by <see cref="IQueueEffects.GetAnswered"/>, at once or when it is read back.</summary>
    void Take(ConsumerKey key, long requestId, bool noAck);

    /// <summary>Removes all ready messages. What the journal must hear of is in the returned ranges, for the event that says who did it: also earlier settlements that are not written yet.</summary>
    (long Count, PositionRange[] Journaled) Purge();

    /// <summary>Shows what is in the queue from a position on, one segment at most; null where it is read as a history instead.</summary>
    QueueGlance? Look(long from) => null;

    /// <summary>
    /// Removes those of the messages at these positions that nobody holds, as <see cref="Purge"/> removes all; or, where
    /// it is asked for and the queue has a dead letter exchange, gives them up as if a consumer had rejected them, which
    /// the journal hears of with the next write.
    /// </summary>
    (long Count, PositionRange[] Journaled) Remove(IReadOnlyList<PositionRange> positions, bool deadLetter) => (0, []);

    /// <summary>
    /// A getter takes what is ready at these positions, wherever it is in line, without being given it; it settles it as
    /// what it has got. Returns what it holds.
    /// </summary>
    PositionRange[] Hold(ConsumerKey holder, IReadOnlyList<PositionRange> positions) => [];

    /// <summary>The queue is being deleted: publishes count as taken, and gets find nothing.</summary>
    void Abandon();

    /// <summary>A connection begins anew: its consumers and getters end, and what they held goes back to the queue.</summary>
    void CloseConsumers(int connection);

    /// <summary>A connection is gone: its consumers end and what they held goes back to the queue.</summary>
    /// <param name="connection">Which.</param>
    /// <param name="isHearsay">It is taken for gone with its node, and may be there all the same: this node may be the one that is given up.</param>
    void ConnectionClosed(int connection, bool isHearsay = false);

    /// <summary>The events of a segment's range, read back; nothing when it is not needed any more.</summary>
    /// <param name="address">As asked for.</param>
    /// <param name="batches">All batches of these events that are readable, by ascending event.</param>
    /// <param name="isDamaged">Some event is damaged: what is missing is gone for good, rather than unreadable now.</param>
    /// <returns>How many messages should have been among them and were not.</returns>
    long SegmentLoaded(SegmentAddress address, IReadOnlyList<PlacedBatch> batches, bool isDamaged);

    /// <summary>The index as of the last committed write. What is still on its way comes after the snapshot, as events.</summary>
    QueueIndex Index();

    /// <summary>Restores a snapshot's index; to be called first, on an empty queue.</summary>
    void RecoverIndex(QueueIndex index);

    /// <summary>Replays a committed write.</summary>
    /// <param name="write">What was written.</param>
    /// <param name="sequenceNr">The journal event that holds it.</param>
    /// <param name="at">When the write began, Unix time in milliseconds.</param>
    void RecoverWrite(QueueWrite write, long sequenceNr, long at);

    /// <summary>Replays what a damaged event may have held: its messages are lost unless they are settled later.</summary>
    void RecoverLost(PositionRange positions);

    /// <summary>Replays a purge.</summary>
    void RecoverPurge(PositionRange[] positions);

    /// <summary>The journal has been replayed: new messages start behind all that it holds.</summary>
    void RecoveryCompleted();
}
