using ActorBroker.Testing.Clients;

namespace ActorBroker.Testing.History;

/// <summary>
/// Each consumer has a publisher's messages in the order in which they were sent, but for what it gave back. This asks of
/// the history that a queue has one consumer at a time, and that consumers end with the broker or with their messages
/// settled.
/// </summary>
public static class OrderRules
{
    public static IEnumerable<Violation> Check(Chronicle chronicle, HistoryContract contract)
    {
        var last = new Dictionary<(int Consumer, int Publisher), MessageId>();
        var returned = new HashSet<(int Consumer, MessageId)>();
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

                    var key = (delivered.Consumer, delivered.Message.Publisher);
                    if (last.TryGetValue(key, out var before) && before.Order >= delivered.Message.Order)
                    {
                        yield return new Violation(ViolationKind.OutOfOrder, $"{delivered.Message} came from {delivered.Queue} after {before}");
                    }

                    last[key] = delivered.Message;
                    break;
            }
        }
    }
}
