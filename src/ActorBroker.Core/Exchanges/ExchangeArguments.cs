namespace ActorBroker.Core.Exchanges;

/// <summary>Arguments of an exchange declaration that mean something to the broker.</summary>
public static class ExchangeArguments
{
    /// <summary>The name of the exchange that takes what this one cannot route.</summary>
    public const string AlternateExchange = "alternate-exchange";
}
