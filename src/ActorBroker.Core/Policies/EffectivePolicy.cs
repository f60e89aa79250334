using ActorBroker.Core.Arguments;

namespace ActorBroker.Core.Policies;

/// <summary>A policy as a queue or exchange has it.</summary>
public sealed record AppliedPolicy(string Name, ArgumentTable Definition);

/// <summary>What policies say of one queue or exchange.</summary>
/// <param name="Policy">The policy that counts, or null.</param>
/// <param name="OperatorPolicy">The operator policy that counts, or null.</param>
public sealed record EffectivePolicy(AppliedPolicy? Policy, AppliedPolicy? OperatorPolicy)
{
    /// <summary>No policy.</summary>
    public static EffectivePolicy None { get; } = new(null, null);

    /// <summary>
    /// What both come to: of a limit that both have the lower value counts, of everything else the operator's.
    /// </summary>
    public ArgumentTable Definition => (Policy, OperatorPolicy) switch
    {
        (null, null) => ArgumentTable.Empty,
        ({ } policy, null) => policy.Definition,
        (null, { } operatorPolicy) => operatorPolicy.Definition,
        ({ } policy, { } operatorPolicy) => Merge(policy.Definition, operatorPolicy.Definition),
    };

    private static ArgumentTable Merge(ArgumentTable policy, ArgumentTable operatorPolicy)
    {
        var merged = new ArgumentTable.Builder();
        foreach (var (key, value) in policy)
        {
            merged.Add(key, operatorPolicy.TryGetValue(key, out var operators) ? PolicyKeys.Merge(key, value, operators) : value);
        }

        foreach (var (key, value) in operatorPolicy)
        {
            if (!policy.ContainsKey(key))
            {
                merged.Add(key, value);
            }
        }

        return merged.Build();
    }
}
