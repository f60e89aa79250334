namespace ActorBroker.Core.Arguments;

/// <summary>Whether something that is declared again is declared as what it is; the texts are RabbitMQ's.</summary>
internal static class ArgumentEquivalence
{
    /// <summary>What differs, or null.</summary>
    /// <param name="entity">As texts name the queue or exchange.</param>
    /// <param name="name">The property.</param>
    /// <param name="current">What it is.</param>
    /// <param name="received">What is declared now.</param>
    public static string? CompareProperty(string entity, string name, string current, string received) =>
        current == received ? null : Inequivalent(entity, name, $"'{received}'", $"'{current}'");

    /// <inheritdoc cref="CompareProperty(string, string, string, string)"/>
    public static string? CompareProperty(string entity, string name, bool current, bool received) =>
        CompareProperty(entity, name, Word(current), Word(received));

    /// <summary>How one argument differs, or null.</summary>
    public static string? Compare(string entity, string name, ArgumentTable current, ArgumentTable received)
    {
        var isCurrent = current.TryGetValue(name, out var currentValue);
        var isReceived = received.TryGetValue(name, out var receivedValue);
        return (isCurrent, isReceived) switch
        {
            (false, false) => null,
            (true, true) when currentValue.IsEquivalentTo(receivedValue) => null,
            (true, true) => Inequivalent(entity, name, $"'{receivedValue}'", $"'{currentValue}'"),
            _ => Inequivalent(entity, name, Describe(isReceived, receivedValue), Describe(isCurrent, currentValue)),
        };
    }

    private static string Describe(bool isThere, ArgumentValue value) =>
        isThere ? $"the value '{value}' of type '{value.Kind.TypeName()}'" : "none";

    private static string Word(bool value) => value ? "true" : "false";

    private static string Inequivalent(string entity, string name, string received, string current) =>
        $"inequivalent arg '{name}' for {entity}: received {received} but current is {current}";
}
