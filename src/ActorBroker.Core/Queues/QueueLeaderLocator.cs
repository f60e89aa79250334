using ActorBroker.Core.Arguments;

namespace ActorBroker.Core.Queues;

/// <summary>Where a new queue goes in a cluster.</summary>
public enum QueueLeaderLocator
{
    /// <summary>To the node that its name leads to, without regard to anything: as good as random.</summary>
    ByName,

    /// <summary>To the node that its client is connected to.</summary>
    ClientLocal,

    /// <summary>To the node with the fewest queues.</summary>
    Balanced,
}

/// <summary>What a declaration, or a policy, says of the place of a new queue.</summary>
public static class QueueLeaderLocators
{
    /// <summary>As declared, else by policy; null when neither says anything. Never throws: words it does not know count as not given.</summary>
    /// <param name="arguments">As declared.</param>
    /// <param name="policy">What policies come to, by the names of policy keys.</param>
    public static QueueLeaderLocator? Of(ArgumentTable arguments, ArgumentTable policy)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(policy);
        return Of(arguments, "x-queue-leader-locator") ?? Of(arguments, "x-queue-master-locator")
            ?? Of(policy, "queue-leader-locator") ?? Of(policy, "queue-master-locator");
    }

    private static QueueLeaderLocator? Of(ArgumentTable table, string name) =>
        table.TryGetValue(name, out var value) && value.TryGetString(out var word)
            ? word switch
            {
                "client-local" => QueueLeaderLocator.ClientLocal,
                "balanced" or "least-leaders" or "min-masters" => QueueLeaderLocator.Balanced,
                "random" => QueueLeaderLocator.ByName,
                _ => null,
            }
            : null;
}
