using ActorBroker.Core.Names;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>
/// The destinations that one routing key or pattern leads to. Bindings that differ only in what the router does not
/// look at (arguments, a fanout's key) share a destination, which stays until the last of them is removed.
/// Safe for readers beside one writer.
/// </summary>
internal sealed class TargetSet
{
    private readonly SlotList<RouteTarget> _targets = new();

    // How many bindings a target has beyond its first; there are seldom any.
    private Dictionary<RouteTarget, int>? _more;

    /// <summary>No target is left; for the writer only.</summary>
    public bool IsEmpty => _targets.Count == 0;

    public void Add(Destination destination)
    {
        var target = RouteTarget.Of(destination);
        if (_targets.Add(target))
            return;
        _more ??= [];
        _more[target] = _more.GetValueOrDefault(target) + 1;
    }

    public void Remove(Destination destination)
    {
        var target = RouteTarget.Of(destination);
        if (_more is null || !_more.TryGetValue(target, out var more))
            _targets.Remove(target);
        else if (more > 1)
            _more[target] = more - 1;
        else
            _more.Remove(target);
    }

    public void CopyTo(List<RouteTarget> matched)
    {
        foreach (var target in _targets.Read())
        {
            if (target is not null)
                matched.Add(target);
        }
    }
}
