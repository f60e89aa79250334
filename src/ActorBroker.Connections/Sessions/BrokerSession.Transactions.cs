using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Transactions;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Transactions;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Connections.Sessions;

/// <content>
/// Transactions: each queue gets all that concerns it as one message, however much that is. Several queues prepare their
/// shares first; then one entity writes that the transaction is committed, and they are told. A reply to another
/// client's connection goes out when that is settled.
/// </content>
public sealed partial class BrokerSession
{
    private static readonly TimeSpan DecisionLimit = TimeSpan.FromMinutes(5);

    private readonly Dictionary<TransactionId, SessionCommit> _commits = [];
    private readonly List<SessionCommit> _undecided = [];

    /// <inheritdoc/>
    public SessionTransaction BeginTransaction(int channel) => new TransactionOfSession(this, channel);

    /// <summary>Where a message goes.</summary>
    internal MessageLinks LinksOf(SessionTarget target, in PublishedMessage message, string[] moreKeys) =>
        IsRoutedAlone(target, moreKeys)
            ? RouteMessage(target, message, moreKeys, (uint)Random.Shared.NextInt64(1L << 32))
            : new MessageLinks(target.Links, target.Links.Length > 0, IsRemembered: false, Random: 0);

    private static bool IsRoutedAlone(SessionTarget target, string[] moreKeys) =>
        target.IsPerMessage || (moreKeys.Length > 0 && !target.IsReply);

    /// <summary>
    /// Whether the link leads anywhere, as far as this node knows: a queue's name goes before its deletion is answered, the
    /// link when the queue's actor has ended.
    /// </summary>
    internal bool IsThere(QueueLink link) =>
        !link.IsGone
        && (link.IsOfConnection
            || Stage.IsName(link.Queue)
            || _services.RoutingTables.VirtualHost(_virtualHost) != RouteStatus.Ready
            || _services.RoutingTables.Knows(_virtualHost, Destination.Queue(link.Queue)));

    /// <summary>Sends each queue its share: to be committed if it is the only one, else to be prepared.</summary>
    internal void Commit(TransactionOfSession transaction, Action<bool> reply)
    {
        EndOfRead();
        var shares = transaction.Shares();
        foreach (var (consumerId, outcome, positions) in transaction.Settlements)
        {
            Settle(consumerId, outcome, positions);
        }

        foreach (var link in _settledLinks.Where(static link => link.Settlements.Count > 0))
        {
            shares.TryAdd(link, []);
        }

        _settledLinks.Clear();
        var commit = new SessionCommit(transaction, shares, [.. shares.Keys.Where(link => !link.IsOfConnection && IsThere(link))], reply);
        if (commit.Queues.Count == 0)
        {
            _self.Tell(new RunLater(() => End(commit, committed: true)), _self);
            return;
        }

        if (commit.Queues.Count > 1)
        {
            _commits.Add(commit.Id, commit);
        }

        var group = new ConfirmGroup { Committed = isSafe => OnShared(commit, isSafe) };
        foreach (var link in commit.Queues)
        {
            Send(link, BatchOf(transaction, shares[link]), link.TakeSettlements(), commit.Queues.Count > 1 ? commit.Id : null, group.Whole);
        }
    }

    private void OnPrepared(IActorRef queue, TransactionPrepared prepared)
    {
        if (_commits.TryGetValue(prepared.Id, out var commit) && _linksByActor.TryGetValue(queue, out var link))
        {
            commit.Journaled.Add(QueueKeyOf(link.Queue));
        }
    }

    // Every queue has committed or prepared its share, or some queue has not.
    private void OnShared(SessionCommit commit, bool isSafe)
    {
        if (!isSafe || commit.Journaled.Count == 0)
        {
            End(commit, isSafe);
            return;
        }

        commit.AskedSince = _services.Clock.GetTimestamp();
        Decide(commit);
    }

    private void Decide(SessionCommit commit)
    {
        _requests.Ask(
            answer => OnDecided(commit, answer as TransactionDecided),
            id => _services.Transactions.Tell(new DecideTransaction(commit.Id, id, commit.Journaled), _self));
    }

    // Without an answer it may be decided or not. Asking again finds out, or decides it: a queue that has lost patience
    // has made an abort of it, which is remembered for longer than the client waits here.
    private void OnDecided(SessionCommit commit, TransactionDecided? decided)
    {
        if (decided is { Committed: { } committed })
        {
            End(commit, committed);
        }
        else if (decided is { IsLost: true } || _services.Clock.GetElapsedTime(commit.AskedSince) >= DecisionLimit)
        {
            // The queues find out, or keep what they have; the client must not take it for committed.
            _commits.Remove(commit.Id);
            commit.Reply(false);
        }
        else
        {
            _undecided.Add(commit);
        }
    }

    private void DecideAgain()
    {
        var undecided = _undecided.ToArray();
        _undecided.Clear();
        Array.ForEach(undecided, Decide);
    }

    // The queues are told before the client: what it asks of them next comes behind.
    private void End(SessionCommit commit, bool committed)
    {
        if (_commits.Remove(commit.Id))
        {
            foreach (var link in commit.Queues)
            {
                link.Actor?.Tell(new EndTransaction(QueueKeyOf(link.Queue), commit.Id, committed), _self);
            }
        }

        if (committed)
        {
            foreach (var (link, share) in commit.Replies)
            {
                Send(link, BatchOf(commit.Transaction, share), confirm: null);
            }
        }

        commit.Reply(committed);
    }

    private MessageBatch BatchOf(TransactionOfSession transaction, List<int> share)
    {
        if (share.Count == 0)
        {
            return MessageBatch.Empty;
        }

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
