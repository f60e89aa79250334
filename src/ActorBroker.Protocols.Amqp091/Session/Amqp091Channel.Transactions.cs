using ActorBroker.Core.Messages;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <content>
/// Transactions (AMQP 0-9-1 §1.9): publishes and acknowledgements of a channel take effect with tx.commit. What comes
/// behind a commit waits until it is answered.
/// </content>
internal sealed partial class Amqp091Channel
{
    private ChannelTransaction? _transaction;

    private bool TryHandleTransaction(uint id, ReadOnlySpan<byte> payload)
    {
        switch (id)
        {
            case MethodId.TxSelect:
                TxSelect.Read(payload);
                SelectTransactions();
                return true;
            case MethodId.TxCommit:
                TxCommit.Read(payload);
                Commit(CurrentTransaction());
                return true;
            case MethodId.TxRollback:
                TxRollback.Read(payload);
                RollBack(CurrentTransaction());
                return true;
            default:
                return false;
        }
    }

    private void SelectTransactions()
    {
        if (_confirmsSelected)
            throw new Amqp091ErrorException(ReplyCode.PreconditionFailed, "cannot switch from confirm to tx mode");
        _transaction ??= NewTransaction();
        Output.WriteMethod(Number, new TxSelectOk());
    }

    private void Commit(ChannelTransaction transaction)
    {
        _transaction = NewTransaction();
        foreach (var publish in transaction.Dropped)
            CountUnroutable(publish, returned: false);
        foreach (var (publish, message) in transaction.Unroutable)
        {
            CountUnroutable(publish, returned: true);
            Return(publish, message);
        }

        foreach (var (range, outcome) in transaction.Settled)
        {
            if (EndDelivery(range.ConsumerId, range.Positions.Count) is { IsGone: false })
                transaction.Settle(range.ConsumerId, outcome, range.Positions);
        }

        IsSuspended = true;
        transaction.Commit(isSafe => _connection.Resume(this, MethodId.TxCommit, () =>
        {
            if (!isSafe)
                throw new Amqp091ErrorException(ReplyCode.PreconditionFailed, "partial tx completion");
            Output.WriteMethod(Number, new TxCommitOk());
        }));
        ForgetSettled(transaction);
        HoldBackOrLetGo();
    }

    private void RollBack(ChannelTransaction transaction)
    {
        transaction.End();
        _unsettled.Restore(transaction.Settled.ConvertAll(settled => settled.Range));
        _transaction = NewTransaction();
        Output.WriteMethod(Number, new TxRollbackOk());
    }

    private void EndTransactions()
    {
        _transaction?.End();
        _transaction = null;
    }

    // Not before the broker has been told: consumers that were cancelled end with their last delivery.
    private void ForgetSettled(ChannelTransaction transaction)
    {
        foreach (var (range, _) in transaction.Settled)
        {
            if (_connection.FindConsumer(range.ConsumerId) is { Outstanding: 0 } consumer && (consumer.IsStopped || consumer.IsGone))
                Forget(consumer);
        }
    }

    private ChannelTransaction CurrentTransaction() =>
        _transaction ?? throw new Amqp091ErrorException(ReplyCode.PreconditionFailed, "channel is not transactional");

    private ChannelTransaction NewTransaction() => new(_session, Id, _connection.TransactionBudget);
}
