using ActorBroker.Core.Arguments;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Policies;

/// <summary>What a policy applies to. The numbers are persisted.</summary>
public enum PolicyTarget : byte
{
    /// <summary>Queues of every type, and exchanges.</summary>
    All = 0,

    /// <summary>Queues of every type.</summary>
    Queues = 1,

    /// <summary>Classic queues.</summary>
    ClassicQueues = 2,

    /// <summary>Quorum queues.</summary>
    QuorumQueues = 3,

    /// <summary>Streams.</summary>
    Streams = 4,

    /// <summary>Exchanges.</summary>
    Exchanges = 5,
}

/// <summary>Settings for all queues or exchanges of a virtual host whose names match, now and later.</summary>
/// <param name="Name">Unique among the policies, or the operator policies, of a virtual host.</param>
/// <param name="IsOperator">An operator policy: limits what policies and arguments say, and is not for users to change.</param>
/// <param name="Pattern">A regular expression; it matches where it is found anywhere in a name, unless it is anchored.</param>
/// <param name="ApplyTo">Which of the matching ones.</param>
/// <param name="Priority">Of several that match, the one with the highest priority counts, and no other.</param>
/// <param name="Definition">By policy key, such as <c>message-ttl</c>.</param>
public sealed record Policy(string Name, bool IsOperator, string Pattern, PolicyTarget ApplyTo, int Priority, ArgumentTable Definition)
{
    /// <summary>Whether it is meant for queues of this type, whatever their names.</summary>
    public bool IsForQueues(QueueType type) =>
        ApplyTo switch
        {
            PolicyTarget.All or PolicyTarget.Queues => true,
            PolicyTarget.ClassicQueues => type == QueueType.Classic,
            PolicyTarget.QuorumQueues => type == QueueType.Quorum,
            PolicyTarget.Streams => type == QueueType.Stream,
            _ => false,
        }
        && PolicyKeys.AreSupportedBy(type, Definition);

    /// <summary>Whether it is meant for exchanges.</summary>
    public bool IsForExchanges => ApplyTo is PolicyTarget.All or PolicyTarget.Exchanges;
}

/// <summary>The words for <see cref="PolicyTarget"/>, as in <c>apply-to</c>.</summary>
public static class PolicyTargets
{
    private static readonly string[] Words = ["all", "queues", "classic_queues", "quorum_queues", "streams", "exchanges"];

    /// <summary>The word.</summary>
    public static string Word(this PolicyTarget target) => Words[(int)target];

    /// <summary>What the word means; false when it means nothing.</summary>
    public static bool TryParse(string word, out PolicyTarget target)
    {
        var index = Array.IndexOf(Words, word);
        target = (PolicyTarget)Math.Max(index, 0);
        return index >= 0;
    }
}
