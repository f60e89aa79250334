using System.Collections.Concurrent;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>A direct exchange: the routing key equals the binding's key (AMQP 0-9-1 §3.1.3.1).</summary>
public sealed class DirectRouter : Router
{
    private readonly ConcurrentDictionary<string, TargetSet> _targets = new(concurrencyLevel: 1, capacity: 1, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override void Add(Binding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        if (_targets.TryGetValue(binding.RoutingKey, out var targets))
        {
            targets.Add(binding.Destination);
            return;
        }

        targets = new TargetSet();
        targets.Add(binding.Destination);
        _targets[binding.RoutingKey] = targets;
    }

    /// <inheritdoc/>
    public override void Remove(Binding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        if (!_targets.TryGetValue(binding.RoutingKey, out var targets))
            return;
        targets.Remove(binding.Destination);
        if (targets.IsEmpty)
            _targets.TryRemove(binding.RoutingKey, out _);
    }

    /// <inheritdoc/>
    public override void Match(ref RoutedMessage message, RouteMatches matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        Match(message.RoutingKey, matches);
        foreach (var key in message.MoreKeys)
            Match(key, matches);
    }

    private void Match(string routingKey, RouteMatches matches)
    {
        if (_targets.TryGetValue(routingKey, out var targets))
            targets.CopyTo(matches.Targets);
    }
}
