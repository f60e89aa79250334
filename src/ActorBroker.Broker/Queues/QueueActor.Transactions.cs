using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Transactions;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Transactions;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <content>
/// Transactions. One of this queue alone is committed with one event; of one over several queues it keeps its share
/// until it is told of the end, and asks for it when that may not come by itself: after a restart, when the connection
/// is gone, and after a while.
/// </content>
public sealed partial class QueueActor
{
    private static readonly TimeSpan AskAfter = TimeSpan.FromSeconds(10);

    // Commands by its name wait until it is known what the queue holds, but not for ever.
    private bool _isInDoubt;

    private void OnCommit(CommitTransaction commit) =>
        _queue!.Commit(Number(), commit.LinkSequence, commit.Batch, Held(commit.Settlements));

    private void OnPrepare(PrepareTransaction prepare) =>
        _queue!.Prepare(Number(), prepare.LinkSequence, prepare.Id, prepare.Batch, Held(prepare.Settlements));

    private void OnEnd(EndTransaction end)
    {
        if (!_queue!.End(end.Id, end.Committed) && end.Committed)
        {
            // Its end is written, or the queue of this name that had the share is gone.
            TellApplied(end.Id);
        }

        EndDoubt();
    }

    private HeldSettlement[] Held(IReadOnlyList<Settlement> settlements)
    {
        if (settlements.Count == 0)
        {
            return [];
        }

        var number = Number();
        return [.. settlements.Select(settlement =>
            new HeldSettlement(new ConsumerKey(number, settlement.ConsumerId), settlement.Outcome, settlement.Positions))];
    }

    void IQueueWork.TellApplied(TransactionId id) => TellApplied(id);

    private void TellApplied(TransactionId id) => _settings.TransactionRegion(Context.System).Tell(new TransactionApplied(id, _key));

    private void AskForEnds(Func<UndecidedTransaction, bool> which)
    {
        foreach (var undecided in _queue!.UndecidedTransactions.Where(which))
        {
            _settings.TransactionRegion(Context.System).Tell(new AskTransactionEnd(undecided.Id, _key));
        }
    }

    private void BeginDoubt()
    {
        _isInDoubt = _queue!.UndecidedTransactions.Any();
        AskForEnds(static _ => true);
    }

    private void EndDoubt(bool isOver = false)
    {
        if (_isInDoubt && (isOver || !_queue!.UndecidedTransactions.Any()))
        {
            _isInDoubt = false;
            Stash.UnstashAll();
        }
    }

    private void ScheduleAsking()
    {
        if (_queue!.HasPrepared && !Timers.IsTimerActive(AskTick.Instance) && _queue.UndecidedTransactions.Any())
        {
            Timers.StartSingleTimer(AskTick.Instance, AskTick.Instance, AskAfter);
        }
    }

    private void OnConnectionEnded(int connection, bool isHearsay)
    {
        if (_queue is not null)
        {
            _queue.ConnectionClosed(connection, isHearsay);
            AskForEnds(undecided => undecided.Connection == connection);
        }
    }

    // False when the message is for somebody else.
    private bool OnDoubt(object message)
    {
        if (message is AskTick)
        {
            OnAskTick();
            return true;
        }

        if (_isInDoubt && message is not EndTransaction)
        {
            Stash.Stash();
            return true;
        }

        return false;
    }

    private void OnAskTick()
    {
        EndDoubt(isOver: true);
        var due = Now - (long)AskAfter.TotalMilliseconds;
        AskForEnds(undecided => undecided.Since <= due);
    }

    private sealed record AskTick : INoSerializationVerificationNeeded
    {
        public static AskTick Instance { get; } = new();
    }
}
