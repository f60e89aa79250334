using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Transactions;
using ActorBroker.Core.Queues.Transactions;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorBroker.Broker.Transactions;

/// <summary>
/// Decides transactions of several queues: one of a fixed number of sharded persistent entities,
/// <c>transaction/NUMBER</c>, by the transaction's id. A commit is what its journal says; of what it does not know,
/// nothing was committed, and whoever asks makes that final by another event. One write is under way at a time and
/// collects the next, as in a queue.
/// <para>
/// It remembers a commit until every participant's journal does, and tells those again that have not said so. A write
/// that fails or is refused leaves its askers without a decision and stops the actor; when they ask again, that starts it
/// from what the journal has. It never passivates.
/// </para>
/// </summary>
public sealed class TransactionActor : UntypedPersistentActor, IWithTimers
{
    private readonly TransactionSettings _settings;
    private readonly TransactionLedger _ledger = new();
    private readonly ReplayCheck _replay = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();

    // What the next event decides, and whom to tell then.
    private readonly Dictionary<TransactionId, CommittedTransaction> _toCommit = [];
    private readonly HashSet<TransactionId> _toAbort = [];
    private readonly HashSet<TransactionId> _toForget = [];
    private List<Action<bool?>> _askers = [];
    private List<Action<bool?>> _askersUnderWay = [];

    private TransactionsDecided? _underWay;
    private int _eventsSinceSnapshot;

    /// <summary>Use <see cref="Props"/>.</summary>
    public TransactionActor(string entityId, TransactionSettings settings)
    {
        PersistenceId = EntityIds.PersistenceId(EntityIds.TransactionType, entityId);
        _settings = settings;
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private long Now => _settings.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The entity of this id.</summary>
    public static Props Props(string entityId, TransactionSettings settings) =>
        Akka.Actor.Props.Create(() => new TransactionActor(entityId, settings));

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            // Of a commit that can't be read nobody may be told that it was none: the queues keep asking.
            case AskTransactionEnd or TransactionApplied when _replay.Damage is not null:
                break;
            case DecideTransaction decide when _replay.Damage is not null:
                Sender.Tell(new TransactionDecided(decide.RequestId, Committed: null, IsLost: true));
                break;
            case DecideTransaction decide:
                OnDecide(decide);
                break;
            case AskTransactionEnd ask:
                OnAsk(ask);
                break;
            case TransactionApplied applied:
                if (_ledger.Applied(applied.Id, applied.Queue))
                {
                    _toForget.Add(applied.Id);
                }

                break;
            case TellAgainTick:
                TellAgain();
                break;
            case SaveSnapshotSuccess saved:
                DeleteMessages(saved.Metadata.SequenceNr);
                DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
                break;
            case SaveSnapshotFailure failure:
                _log.Warning(failure.Cause, "{0}: snapshot {1} failed; the journal is kept whole until the next", PersistenceId, failure.Metadata.SequenceNr);
                break;
            case DeleteMessagesFailure failure:
                _log.Warning(failure.Cause, "{0}: could not delete events up to {1}; the next snapshot tries again", PersistenceId, failure.ToSequenceNr);
                break;
            case DeleteMessagesSuccess or DeleteSnapshotsSuccess or DeleteSnapshotsFailure:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (_replay.Look(message, LastSequenceNr))
        {
            case TransactionsSnapshot snapshot:
                // When they were written matters only for telling participants again, which is due after a restart.
                Array.ForEach(snapshot.Committed, committed => _ledger.Committed(committed, at: 0));
                Array.ForEach(snapshot.Aborted, aborted => _ledger.Aborted(aborted.Id, aborted.At));
                break;
            case TransactionsDecided decided:
                Apply(decided);
                _eventsSinceSnapshot++;
                break;
            case RecoveryCompleted when _replay.Damage is { } damage:
                _log.Error("{0}: journal damage: transactions of several queues are not decided: {1}", PersistenceId, damage);
                break;
            case RecoveryCompleted:
                Timers.StartPeriodicTimer(TellAgainTick.Instance, TellAgainTick.Instance, _settings.TellAgainAfter);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        _log.Error(cause, "{0}: journal write {1} failed; transactions are decided again from what the journal has", PersistenceId, sequenceNr);

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        _log.Error(cause, "{0}: journal write {1} was refused; transactions are decided again from what the journal has", PersistenceId, sequenceNr);
        Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        _log.Error(reason, "{0}: decisions cannot be read from the journal; the next question starts over", PersistenceId);

    /// <summary>What is not written may be, or not: nobody is told anything that is not true.</summary>
    protected override void PostStop()
    {
        _askersUnderWay.ForEach(static answer => answer(null));
        _askers.ForEach(static answer => answer(null));
        base.PostStop();
    }

    private void OnDecide(DecideTransaction decide)
    {
        var asker = Sender;
        void Answer(bool? committed) => asker.Tell(new TransactionDecided(decide.RequestId, committed));
        if (_ledger.OutcomeOf(decide.Id) is { } outcome)
        {
            Answer(outcome);
            return;
        }

        var isAborting = _toAbort.Contains(decide.Id) || _underWay?.Aborted.Contains(decide.Id) is true;
        if (!isAborting)
        {
            _toCommit[decide.Id] = new CommittedTransaction(decide.Id, [.. decide.Participants]);
        }

        AnswerWhenWritten(committed => Answer(committed is null ? null : !isAborting));
    }

    private void OnAsk(AskTransactionEnd ask)
    {
        var asker = Sender;
        void Answer(bool committed) => asker.Tell(new EndTransaction(ask.Queue, ask.Id, committed));
        if (_ledger.OutcomeOf(ask.Id) is { } outcome)
        {
            Answer(outcome);
            return;
        }

        var isCommitting = _toCommit.ContainsKey(ask.Id) || _underWay?.Committed.Any(committed => committed.Id == ask.Id) is true;
        if (!isCommitting && _underWay?.Aborted.Contains(ask.Id) is not true)
        {
            _toAbort.Add(ask.Id);
        }

        // Without an answer it asks again.
        AnswerWhenWritten(written =>
        {
            if (written is not null)
            {
                Answer(isCommitting);
            }
        });
    }

    // Whoever asks about a write that is under way waits for the next one, which needs no more than that there is one.
    private void AnswerWhenWritten(Action<bool?> answer)
    {
        _askers.Add(answer);
        if (_underWay is null)
        {
            Write();
        }
    }

    private void Write()
    {
        _underWay = new TransactionsDecided(Now, [.. _toCommit.Values], [.. _toAbort], [.. _toForget]);
        _toCommit.Clear();
        _toAbort.Clear();
        _toForget.Clear();
        (_askersUnderWay, _askers) = (_askers, _askersUnderWay);
        PersistAsync(_underWay, OnWritten);
    }

    private void OnWritten(TransactionsDecided decided)
    {
        Apply(decided);
        _underWay = null;
        _askersUnderWay.ForEach(static answer => answer(true));
        _askersUnderWay.Clear();
        if (++_eventsSinceSnapshot >= _settings.SnapshotAfterEvents)
        {
            _eventsSinceSnapshot = 0;
            var (committed, aborted) = _ledger.Snapshot();
            SaveSnapshot(new TransactionsSnapshot(committed, aborted));
        }

        if (_askers.Count > 0)
        {
            Write();
        }
    }

    private void Apply(TransactionsDecided decided)
    {
        Array.ForEach(decided.Committed, committed => _ledger.Committed(committed, decided.At));
        Array.ForEach(decided.Aborted, aborted => _ledger.Aborted(aborted, decided.At));
        Array.ForEach(decided.Forgotten, _ledger.Forget);
        _ledger.AdvanceTo(decided.At);
    }

    private void TellAgain()
    {
        foreach (var (id, queue) in _ledger.Unaware(Now - (long)_settings.TellAgainAfter.TotalMilliseconds))
        {
            _settings.QueueRegion(Context.System).Tell(new EndTransaction(queue, id, Committed: true));
        }
    }

    private sealed record TellAgainTick : INoSerializationVerificationNeeded
    {
        public static TellAgainTick Instance { get; } = new();
    }
}
