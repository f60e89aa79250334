using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Policies;

/// <summary>
/// All policies of a virtual host, the type that its queues have by default, and whether it is traced. Immutable, for any
/// thread.
/// </summary>
/// <param name="defaultQueueType">For queues that are declared without a type; null for the broker's default.</param>
/// <param name="policies">Policies and operator policies, all checked, in no particular order.</param>
/// <param name="isTraced">What passes through it is copied to its trace exchange (RabbitMQ's firehose).</param>
public sealed class VirtualHostPolicies(QueueType? defaultQueueType, IReadOnlyList<Policy> policies, bool isTraced = false)
{
    /// <summary>About the most that the policies of one virtual host may take written: they travel in one message.</summary>
    public const int SizeBytesMax = 256 * 1024;

    private const int PolicyBytes = 32;

    // Highest priority first; of equal ones, by name, so that every node chooses the same.
    private readonly Lazy<(Policy Policy, NamePattern Pattern)[]> _inOrder = new(() => [.. InOrder(policies)]);

    /// <summary>For queues that are declared without a type; null for the broker's default.</summary>
    public QueueType? DefaultQueueType { get; } = defaultQueueType;

    /// <summary>What passes through the virtual host is copied to its trace exchange (RabbitMQ's firehose).</summary>
    public bool IsTraced { get; } = isTraced;

    /// <summary>Policies and operator policies, in no particular order.</summary>
    public IReadOnlyList<Policy> Policies { get; } = policies;

    /// <summary>About what they take written; more than <see cref="SizeBytesMax"/> is too much.</summary>
    public int SizeBytes => Policies.Sum(policy =>
        PolicyBytes + Encoding.UTF8.GetByteCount(policy.Name) + Encoding.UTF8.GetByteCount(policy.Pattern) + ArgumentTableCodec.Encode(policy.Definition).Length);

    /// <summary>No policy, no type of its own, not traced.</summary>
    public static VirtualHostPolicies Empty { get; } = new(null, []);

    /// <summary>What applies to a queue.</summary>
    public EffectivePolicy OfQueue(string name, QueueType type) => Choose(name, policy => policy.IsForQueues(type));

    /// <summary>What applies to an exchange.</summary>
    public EffectivePolicy OfExchange(string name) => Choose(name, policy => policy.IsForExchanges);

    /// <summary>The policy of this name, or null.</summary>
    public Policy? Find(string name, bool isOperator) => Policies.FirstOrDefault(policy => policy.Name == name && policy.IsOperator == isOperator);

    /// <summary>With this policy in place of the one of the same name.</summary>
    public VirtualHostPolicies With(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return new VirtualHostPolicies(DefaultQueueType, [.. Others(policy.Name, policy.IsOperator), policy], IsTraced);
    }

    /// <summary>Without the policy of this name.</summary>
    public VirtualHostPolicies Without(string name, bool isOperator) => new(DefaultQueueType, [.. Others(name, isOperator)], IsTraced);

    /// <summary>With another type for queues that are declared without one.</summary>
    public VirtualHostPolicies WithDefaultQueueType(QueueType? type) => new(type, Policies, IsTraced);

    /// <summary>Traced, or no longer.</summary>
    public VirtualHostPolicies WithTracing(bool isTraced) => new(DefaultQueueType, Policies, isTraced);

    private static IEnumerable<(Policy Policy, NamePattern Pattern)> InOrder(IReadOnlyList<Policy> policies)
    {
        foreach (var policy in policies.OrderByDescending(policy => policy.Priority).ThenBy(policy => policy.Name, StringComparer.Ordinal))
        {
            if (NamePattern.TryParse(policy.Pattern, out var pattern, out _))
            {
                yield return (policy, pattern);
            }
        }
    }

    private EffectivePolicy Choose(string name, Func<Policy, bool> isMeant)
    {
        AppliedPolicy? policy = null;
        AppliedPolicy? operatorPolicy = null;
        foreach (var (candidate, pattern) in _inOrder.Value)
        {
            var isOpen = candidate.IsOperator ? operatorPolicy is null : policy is null;
            if (!isOpen || !isMeant(candidate) || !pattern.IsMatch(name))
            {
                continue;
            }

            var applied = new AppliedPolicy(candidate.Name, candidate.Definition);
            (policy, operatorPolicy) = candidate.IsOperator ? (policy, applied) : (applied, operatorPolicy);
        }

        return policy is null && operatorPolicy is null ? EffectivePolicy.None : new EffectivePolicy(policy, operatorPolicy);
    }

    private IEnumerable<Policy> Others(string name, bool isOperator) =>
        Policies.Where(policy => policy.Name != name || policy.IsOperator != isOperator);
}
