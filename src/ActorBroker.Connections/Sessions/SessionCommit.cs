using ActorBroker.Core.Names;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Connections.Sessions;

/// <summary>A transaction whose shares are on their way.</summary>
/// <param name="transaction">What it is made of.</param>
/// <param name="shares">Which of its messages go to whom; none where it only settles.</param>
/// <param name="queues">The queues among them that are still there.</param>
/// <param name="reply">Hears of its end.</param>
internal sealed class SessionCommit(
    TransactionOfSession transaction, Dictionary<QueueLink, List<int>> shares, IReadOnlyList<QueueLink> queues, Action<bool> reply)
{
    /// <summary>What the queues know it by.</summary>
    public TransactionId Id { get; } = new(Guid.NewGuid());

    /// <summary>What it is made of.</summary>
    public TransactionOfSession Transaction { get; } = transaction;

    /// <summary>The queues that take part. One that is gone took its share, as if it had been deleted just after.</summary>
    public IReadOnlyList<QueueLink> Queues { get; } = queues;

    /// <summary>Messages to other clients' connections, which can't be taken back.</summary>
    public IReadOnlyList<(QueueLink Link, List<int> Share)> Replies { get; } =
        [.. shares.Where(static share => share.Key.IsOfConnection).Select(static share => (share.Key, share.Value))];

    /// <summary>Queues whose journals hold their shares.</summary>
    public List<QueueKey> Journaled { get; } = [];

    /// <summary>When its decision was first asked for, a timestamp.</summary>
    public long AskedSince { get; set; }

    /// <summary>Hears of its end.</summary>
    public Action<bool> Reply { get; } = reply;
}
