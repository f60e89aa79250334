using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Transactions;
using ActorBroker.Core.Queues.Transactions;
using Google.Protobuf;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>Transactions of several queues: what their parts say to each other, and the journal of those that decide.</summary>
internal static class TransactionFormats
{
    public static void AddMessagesTo(FormatTable formats)
    {
        formats.AddProto(
            "t-decide1", Proto.DecideTransaction.Parser,
            (DecideTransaction m) => new Proto.DecideTransaction
            {
                Id = ToForm(m.Id),
                RequestId = m.RequestId,
                Participants = { m.Participants.Select(TopologyForms.ToForm) },
            },
            p => new DecideTransaction(ToId(p.Id), p.RequestId, [.. p.Participants.Select(TopologyForms.ToQueueKey)]));
        formats.AddProto(
            "t-ask1", Proto.TransactionOfQueue.Parser,
            (AskTransactionEnd m) => new Proto.TransactionOfQueue { Id = ToForm(m.Id), Queue = m.Queue.ToForm() },
            p => new AskTransactionEnd(ToId(p.Id), p.Queue.ToQueueKey()));
        formats.AddProto(
            "t-applied1", Proto.TransactionOfQueue.Parser,
            (TransactionApplied m) => new Proto.TransactionOfQueue { Id = ToForm(m.Id), Queue = m.Queue.ToForm() },
            p => new TransactionApplied(ToId(p.Id), p.Queue.ToQueueKey()));
        formats.AddProto(
            "t-decided1", Proto.TransactionDecided.Parser,
            ToForm,
            p => new TransactionDecided(p.RequestId, p.HasCommitted ? p.Committed : null, p.IsLost));
        formats.AddProto(
            "q-end1", Proto.EndTransaction.Parser,
            (EndTransaction m) => new Proto.EndTransaction { Queue = m.Queue.ToForm(), Id = ToForm(m.Id), Committed = m.Committed },
            p => new EndTransaction(p.Queue.ToQueueKey(), ToId(p.Id), p.Committed));
        formats.AddProto(
            "n-prepared1", Proto.TransactionPrepared.Parser,
            (TransactionPrepared m) => new Proto.TransactionPrepared { Id = ToForm(m.Id) },
            p => new TransactionPrepared(ToId(p.Id)));
    }

    public static void AddEventsTo(FormatTable formats)
    {
        formats.AddProto(
            "te-decided1", Proto.TransactionsDecided.Parser,
            (TransactionsDecided e) => new Proto.TransactionsDecided
            {
                At = e.At,
                Committed = { e.Committed.Select(ToForm) },
                Aborted = { e.Aborted.Select(ToForm) },
                Forgotten = { e.Forgotten.Select(ToForm) },
            },
            p => new TransactionsDecided(
                p.At, [.. p.Committed.Select(ToCommitted)], [.. p.Aborted.Select(ToId)], [.. p.Forgotten.Select(ToId)]));
        formats.AddProto(
            "ts1", Proto.TransactionsSnapshot.Parser,
            (TransactionsSnapshot e) => new Proto.TransactionsSnapshot
            {
                Committed = { e.Committed.Select(ToForm) },
                Aborted = { e.Aborted.Select(static aborted => new Proto.AbortedTransaction { Id = ToForm(aborted.Id), At = aborted.At }) },
            },
            p => new TransactionsSnapshot(
                [.. p.Committed.Select(ToCommitted)],
                [.. p.Aborted.Select(static aborted => new AbortedTransaction(ToId(aborted.Id), aborted.At))]));
    }

    private static Proto.TransactionDecided ToForm(TransactionDecided decided)
    {
        var form = new Proto.TransactionDecided { RequestId = decided.RequestId, IsLost = decided.IsLost };
        if (decided.Committed is { } committed)
        {
            form.Committed = committed;
        }

        return form;
    }

    private static Proto.CommittedTransaction ToForm(CommittedTransaction transaction) =>
        new() { Id = ToForm(transaction.Id), Participants = { transaction.Participants.Select(TopologyForms.ToForm) } };

    private static CommittedTransaction ToCommitted(Proto.CommittedTransaction form) =>
        new(ToId(form.Id), [.. form.Participants.Select(TopologyForms.ToQueueKey)]);

    private static ByteString ToForm(TransactionId id)
    {
        Span<byte> bytes = stackalloc byte[TransactionId.Size];
        id.Write(bytes);
        return ByteString.CopyFrom(bytes);
    }

    private static TransactionId ToId(ByteString bytes) => TransactionId.Read(bytes.Span);
}
