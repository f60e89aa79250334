using ActorBroker.Testing.Clients;

namespace ActorBroker.Testing.History;

/// <summary>
/// Each consumer has a publisher's messages in the order in which they were sent, but for what it gave back, and, where
/// queues move, from the first one on that it has to be handed again. This asks of the history that a queue has one
/// consumer at a time, and that consumers end with the broker or with their messages settled.
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
                    if (returned.Contains((delivered.Consumer, delivered.Message)))
                    {
                        break;
                    }

                    var key = (delivered.Consumer, delivered.Message.Publisher, contract.QueuesMove ? delivered.Message.Round : 0);
                    if (last.TryGetValue(key, out var before) && before.Order >= delivered.Message.Order && !MayGoBack(delivered))
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

        bool MayGoBack(HistoryEvent.Delivered again) =>
            contract.QueuesMove
            && handedOut.TryGetValue((again.Consumer, again.Message), out var then)
            && (again.Redelivered || chronicle.HandedOutMayBeForgotten(then, contract.Moment));
    }
}
