using ActorBroker.Testing.Clients;

namespace ActorBroker.Testing.History;

/// <summary>
/// Each consumer has a publisher's messages in the order in which they were sent, but for what it gave back. This asks of
/// the history that a queue has one consumer at a time, and that consumers end with the broker or with their messages
/// settled. Where queues move, that is asked of what is not marked as redelivered: the queue may hear only later that its
/// last consumer was lost with another node, and a consumer has what it holds again when its queue moves.
/// </summary>
internal static class OrderRules
{
    public static IEnumerable<Violation> Check(Chronicle chronicle, HistoryContract contract)
    {
        var last = new Dictionary<(int Consumer, int Publisher, int Round), MessageId>();
        var returned = new HashSet<(int Consumer, MessageId)>();
        var handedOut = new Dictionary<(int Consumer, MessageId), DateTimeOffset>();
        foreach (var happened in chronicle.Events)
        {
            switch (happened)
            {
                case HistoryEvent.Settled { As: Settlement.Returned } settled:
                    returned.Add((settled.Consumer, settled.Message));
                    break;
                case HistoryEvent.Delivered delivered when contract.Of(delivered.Queue) is { KeepsOrder: true }:
                    if (returned.Contains((delivered.Consumer, delivered.Message)) || MayComeAnyTime(delivered))
                    {
                        break;
                    }

                    var key = (delivered.Consumer, delivered.Message.Publisher, contract.QueuesMove ? delivered.Message.Round : 0);
                    if (last.TryGetValue(key, out var before) && before.Order >= delivered.Message.Order)
                    {
                        yield return new Violation(
                            ViolationKind.OutOfOrder, $"{delivered.Message} came from {delivered.Queue} after {before}, at {delivered.At:HH:mm:ss.fff}");
                    }

                    last[key] = delivered.Message;
                    if (contract.QueuesMove)
                    {
                        handedOut[(delivered.Consumer, delivered.Message)] = delivered.At;
                    }

                    break;
            }
        }

        bool MayComeAnyTime(HistoryEvent.Delivered again) =>
            contract.QueuesMove
            && (again.Redelivered
                || (handedOut.TryGetValue((again.Consumer, again.Message), out var then) && chronicle.HandedOutMayBeForgotten(then, contract.Moment)));
    }
}
