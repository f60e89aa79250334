using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Sessions;

/// <summary>A transaction as the session keeps it: messages with the queues that they were routed to.</summary>
internal sealed class TransactionOfSession(BrokerSession session, int channel) : SessionTransaction
{
    private readonly HashSet<SessionTarget> _targets = [];

    /// <inheritdoc/>
    public override bool IsFull => _targets.Count >= MessageBatch.RoutesMax;

    /// <summary>Messages in their order.</summary>
    public List<(PublishedMessage Message, SessionTarget Target, QueueLink[] Links)> Publishes { get; } = [];

    /// <summary>Settlements in their order.</summary>
    public List<(int ConsumerId, SettleOutcome Outcome, PositionRange Positions)> Settlements { get; } = [];

    /// <inheritdoc/>
    public override bool Publish(PublishTarget target, in PublishedMessage message, string[] moreKeys)
    {
        var to = (SessionTarget)target;
        var links = session.LinksOf(to, message, moreKeys);
        session.Count(to, links.All, new PublishConfirm(channel, Tag: 0));
        if (links.All.Length > 0)
        {
            _targets.Add(to);
            Publishes.Add((message, to, links.All));
        }

        return links.IsRouted;
    }

    /// <inheritdoc/>
    public override int Count => Publishes.Count;

    /// <inheritdoc/>
    public override bool IsStillRouted(int number) => Array.Exists(Publishes[number].Links, session.IsThere);

    /// <inheritdoc/>
    public override void Settle(int consumerId, SettleOutcome outcome, PositionRange positions) =>
        Settlements.Add((consumerId, outcome, positions));

    /// <summary>Which of the messages go to whom.</summary>
    public Dictionary<QueueLink, List<int>> Shares()
    {
        var shares = new Dictionary<QueueLink, List<int>>();
        for (var i = 0; i < Publishes.Count; i++)
        {
            foreach (var link in Publishes[i].Links)
            {
                if (!shares.TryGetValue(link, out var share))
                {
                    share = [];
                    shares.Add(link, share);
                }

                share.Add(i);
            }
        }

        return shares;
    }

    /// <inheritdoc/>
    public override void Commit(Action<bool> reply) => session.Commit(this, reply);
}
