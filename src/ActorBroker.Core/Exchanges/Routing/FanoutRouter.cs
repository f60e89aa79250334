namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>A fanout exchange: every binding matches (AMQP 0-9-1 §3.1.3.2).</summary>
public sealed class FanoutRouter : Router
{
    private readonly TargetSet _targets = new();

    /// <inheritdoc/>
    public override void Add(Binding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        _targets.Add(binding.Destination);
    }

    /// <inheritdoc/>
    public override void Remove(Binding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        _targets.Remove(binding.Destination);
    }

    /// <inheritdoc/>
    public override void Match(ref RoutedMessage message, RouteMatches matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        _targets.CopyTo(matches.Targets);
    }
}
