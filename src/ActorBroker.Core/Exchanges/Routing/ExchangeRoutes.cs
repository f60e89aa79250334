using ActorBroker.Core.Arguments;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>One exchange as this node routes through it.</summary>
internal sealed class ExchangeRoutes : Versioned
{
    private readonly Router _router;
    private volatile bool _dropped;

    public ExchangeRoutes(string name, ExchangeDefinition definition)
    {
        Definition = definition;
        _router = Router.Create(name, definition);
        Stage = ExchangeStage.Of(name, definition);
        if (definition.Arguments.TryGetValue(ExchangeArguments.AlternateExchange, out var alternate) && alternate.TryGetString(out var alternateName))
            Alternate = alternateName;
    }

    public ExchangeDefinition Definition { get; }

    /// <summary>The exchange that takes what no binding of this one does.</summary>
    public string? Alternate { get; }

    /// <summary>Where messages wait before they are routed; null for an exchange that routes at once.</summary>
    public ExchangeStage? Stage { get; }

    public bool IsPerMessage => _router.IsPerMessage || Stage is { IsPerMessage: true };

    /// <summary>No longer in the tables: whoever reads this after the version has to look for the exchange again.</summary>
    public bool IsDropped => _dropped;

    public void Add(Binding binding) => _router.Add(binding);

    public void Remove(Binding binding) => _router.Remove(binding);

    public void Drop()
    {
        _dropped = true;
        Changed();
    }

    public void Match(ref RoutedMessage message, RouteMatches matches) => _router.Match(ref message, matches);
}
