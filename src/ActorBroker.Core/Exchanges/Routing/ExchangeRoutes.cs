using ActorBroker.Core.Arguments;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>One exchange as this node routes through it.</summary>
internal sealed class ExchangeRoutes : Versioned
{
    private readonly Router _router;
    private readonly string? _ownAlternate;
    private volatile string? _alternate;
    private volatile bool _dropped;
    private int _bindingCount;

    public ExchangeRoutes(string name, ExchangeDefinition definition)
    {
        Definition = definition;
        _router = Router.Create(name, definition);
        Stage = ExchangeStage.Of(name, definition);
        if (definition.Arguments.TryGetValue(ExchangeArguments.AlternateExchange, out var alternate) && alternate.TryGetString(out var alternateName))
            _alternate = _ownAlternate = alternateName;
    }

    public ExchangeDefinition Definition { get; }

    /// <summary>The exchange that takes what no binding of this one does.</summary>
    public string? Alternate => _alternate;

    /// <summary>Where messages wait before they are routed; null for an exchange that routes at once.</summary>
    public ExchangeStage? Stage { get; }

    public bool IsPerMessage => _router.IsPerMessage || Stage is { IsPerMessage: true };

    /// <summary>No longer in the tables: whoever reads this after the version has to look for the exchange again.</summary>
    public bool IsDropped => _dropped;

    /// <summary>A policy names the alternate exchange of one that was declared without.</summary>
    public void Follow(ArgumentTable policy)
    {
        var alternate = _ownAlternate ?? (policy.TryGetValue(ExchangeArguments.AlternateExchange, out var value) && value.TryGetString(out var name) ? name : null);
        if (alternate == _alternate)
            return;
        _alternate = alternate;
        Changed();
    }

    /// <summary>Whatever is published, no queue gets it. For the writer.</summary>
    public bool LeadsNowhere => _bindingCount == 0 && _alternate is null;

    public void Add(Binding binding)
    {
        _router.Add(binding);
        _bindingCount++;
    }

    public void Remove(Binding binding)
    {
        _router.Remove(binding);
        _bindingCount--;
    }

    public void Drop()
    {
        _dropped = true;
        Changed();
    }

    public void Match(ref RoutedMessage message, RouteMatches matches) => _router.Match(ref message, matches);
}
