using System.Collections.Immutable;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>
/// An exchange that gives each message to one of its distinct destinations, whatever the bindings' keys. Readers see
/// one set of destinations or another, each whole.
/// </summary>
internal abstract class OneOfRouter : Router
{
    private static readonly IComparer<RouteTarget> ByName = Comparer<RouteTarget>.Create(static (left, right) =>
        left.Kind != right.Kind ? left.Kind.CompareTo(right.Kind) : string.CompareOrdinal(left.Name, right.Name));

    // Sorted, so that a place means the same destination on every node.
    private volatile ImmutableSortedSet<RouteTarget> _targets = ImmutableSortedSet.Create(ByName);
    private readonly Dictionary<RouteTarget, int> _bindings = [];

    public override void Add(Binding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        var target = RouteTarget.Of(binding.Destination);
        _bindings[target] = _bindings.GetValueOrDefault(target) + 1;
        _targets = _targets.Add(target);
    }

    public override void Remove(Binding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        var target = RouteTarget.Of(binding.Destination);
        if (!_bindings.TryGetValue(target, out var bindings))
            return;
        if (bindings > 1)
        {
            _bindings[target] = bindings - 1;
            return;
        }

        _bindings.Remove(target);
        _targets = _targets.Remove(target);
    }

    public override void Match(ref RoutedMessage message, RouteMatches matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        var targets = _targets;
        if (message.IsAny && IsPerMessage)
            matches.Targets.AddRange(targets);
        else if (targets.Count > 0)
            matches.Targets.Add(targets[Choose(ref message, targets.Count)]);
    }

    /// <summary>One of so many places, from 0.</summary>
    protected abstract int Choose(ref RoutedMessage message, int count);
}

/// <summary>
/// <c>x-random</c>, and <c>x-local-random</c>: that one is for queues whose data is on the node that takes the message,
/// and here every queue counts as such. Where queues are to be told apart by node, this is the place to leave some out.
/// </summary>
internal sealed class RandomRouter(string exchange) : OneOfRouter
{
    private readonly ulong _salt = StableHash.Of(exchange);

    public override bool IsPerMessage => true;

    protected override int Choose(ref RoutedMessage message, int count) => message.Pick(_salt, count);
}

/// <summary><c>x-modulus-hash</c>: the hash of the routing keys, modulo the number of destinations, is the destination's place.</summary>
internal sealed class ModulusHashRouter : OneOfRouter
{
    protected override int Choose(ref RoutedMessage message, int count)
    {
        var hash = StableHash.Of(message.RoutingKey);
        foreach (var key in message.MoreKeys)
            hash = StableHash.Mix(hash ^ StableHash.Of(key));
        return (int)(hash % (ulong)count);
    }
}
