using ActorBroker.Core.Names;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>Tells when it changes whether messages to an exchange may get anywhere. The writer's alone, once it is there.</summary>
internal sealed class RouteWatch(ExchangeKey exchange, Action<bool> changed)
{
    private bool _mayLeadSomewhere = true;

    public ExchangeKey Exchange { get; } = exchange;

    public void Set(bool mayLeadSomewhere)
    {
        if (mayLeadSomewhere == _mayLeadSomewhere)
            return;
        _mayLeadSomewhere = mayLeadSomewhere;
        changed(mayLeadSomewhere);
    }
}
