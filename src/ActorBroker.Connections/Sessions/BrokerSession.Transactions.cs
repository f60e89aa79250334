using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Sessions;

/// <content>Transactions: each queue gets all that concerns it as one message, however much that is.</content>
public sealed partial class BrokerSession
{
    /// <inheritdoc/>
    public SessionTransaction BeginTransaction() => new TransactionOfSession(this);

    /// <summary>Where a message goes.</summary>
    internal MessageLinks LinksOf(SessionTarget target, in PublishedMessage message, string[] moreKeys) =>
        IsRoutedAlone(target, moreKeys)
            ? RouteMessage(target, message, moreKeys, (uint)Random.Shared.NextInt64(1L << 32))
            : new MessageLinks(target.Links, target.Links.Length > 0, IsRemembered: false, Random: 0);

    private static bool IsRoutedAlone(SessionTarget target, string[] moreKeys) =>
        target.IsPerMessage || (moreKeys.Length > 0 && !target.IsReply);

    /// <summary>Sends each queue its share.</summary>
    internal void Commit(TransactionOfSession transaction, Action<bool> reply)
    {
        EndOfRead();
        var shares = new Dictionary<QueueLink, List<int>>();
        for (var i = 0; i < transaction.Publishes.Count; i++)
        {
            foreach (var link in transaction.Publishes[i].Links)
            {
                if (!shares.TryGetValue(link, out var share))
                {
                    share = [];
                    shares.Add(link, share);
                }

                share.Add(i);
            }
        }

        foreach (var (consumerId, outcome, positions) in transaction.Settlements)
        {
            Settle(consumerId, outcome, positions);
        }

        var group = new ConfirmGroup { Committed = reply };
        foreach (var (link, share) in shares)
        {
            Send(link, BatchOf(transaction, share), link.TakeSettlements(), group.Whole);
        }

        // Queues from which it only takes.
        FlushSettlements();
        if (group.Pending == 0)
        {
            _self.Tell(new RunLater(() => reply(true)), _self);
        }
    }

    private MessageBatch BatchOf(TransactionOfSession transaction, List<int> share)
    {
        var size = 0;
        foreach (var i in share)
        {
            size = checked(size + transaction.Publishes[i].Message.RecordLength);
        }

        var stamp = ++_slabStamp;
        var slab = GC.AllocateUninitializedArray<byte>(size);
        var offsets = new int[share.Count];
        var routes = new List<MessageRoute>();
        var offset = 0;
        for (var i = 0; i < offsets.Length; i++)
        {
            var (message, target, _) = transaction.Publishes[share[i]];
            if (target.SlabStamp != stamp)
            {
                target.SlabStamp = stamp;
                target.RouteIndex = routes.Count;
                routes.Add(target.Route);
            }

            offsets[i] = offset;
            offset += WriteRecord(slab.AsSpan(offset), message, target.RouteIndex);
        }

        return new MessageBatch(slab, offsets, [.. routes], size);
    }
}
