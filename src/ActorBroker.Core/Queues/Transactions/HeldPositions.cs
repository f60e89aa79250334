using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Transactions;

/// <summary>Messages that a transaction settles: no consumer holds them any more, and nobody may have them yet.</summary>
internal sealed class HeldPositions
{
    private readonly List<(SettleOutcome Outcome, PositionRange Positions)> _returned = [];

    public PositionSet Accepted { get; } = new();

    public PositionSet Rejected { get; } = new();

    /// <summary>What goes back to the queue, in the client's order.</summary>
    public IReadOnlyList<(SettleOutcome Outcome, PositionRange Positions)> Returned => _returned;

    public void Hold(SettleOutcome outcome, PositionRange positions)
    {
        switch (outcome)
        {
            case SettleOutcome.Accepted:
                Accepted.Add(positions);
                break;
            case SettleOutcome.Rejected:
                Rejected.Add(positions);
                break;
            default:
                _returned.Add((outcome, positions));
                break;
        }
    }

    public PositionSet All()
    {
        var all = new PositionSet();
        all.AddAll(Accepted);
        all.AddAll(Rejected);
        foreach (var (_, positions) in _returned)
        {
            all.Add(positions);
        }

        return all;
    }
}
