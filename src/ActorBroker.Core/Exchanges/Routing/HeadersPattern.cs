using System.Diagnostics.CodeAnalysis;
using ActorBroker.Core.Arguments;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>
/// What a binding of a headers exchange asks of a message's headers, as RabbitMQ reads its arguments: <c>x-match</c> is
/// all (the default), any, all-with-x or any-with-x; names that start with <c>x-</c> count only for the latter two. A
/// value without a type (void) asks only that the header is there.
/// </summary>
public sealed class HeadersPattern
{
    internal const string MatchArgument = "x-match";

    private readonly KeyValuePair<string, ArgumentValue>[] _wanted;
    private readonly bool _any;

    private HeadersPattern(KeyValuePair<string, ArgumentValue>[] wanted, bool any)
    {
        _wanted = wanted;
        _any = any;
    }

    /// <summary>Reads a binding's arguments; <paramref name="error"/> is RabbitMQ's text when they are not valid.</summary>
    public static bool TryParse(ArgumentTable arguments, [NotNullWhen(true)] out HeadersPattern? pattern, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        pattern = null;
        error = null;
        var mode = "all";
        if (arguments.TryGetValue(MatchArgument, out var match) && !match.TryGetString(out mode!))
        {
            error = $"Invalid x-match field type {match.Kind.TypeName()} (value {match}); expected longstr";
            return false;
        }

        if (mode is not ("all" or "any" or "all-with-x" or "any-with-x"))
        {
            error = $"Invalid x-match field value <<\"{mode}\">>; expected all, any, all-with-x, or any-with-x";
            return false;
        }

        var withX = mode.EndsWith("-with-x", StringComparison.Ordinal);
        var wanted = new List<KeyValuePair<string, ArgumentValue>>(arguments.Count);
        foreach (var entry in arguments)
        {
            if (withX ? entry.Key != MatchArgument : !entry.Key.StartsWith("x-", StringComparison.Ordinal))
                wanted.Add(entry);
        }

        pattern = new HeadersPattern([.. wanted], mode.StartsWith("any", StringComparison.Ordinal));
        return true;
    }

    /// <summary>Nothing asked for: matches when all have to match, not when any has to.</summary>
    public bool Matches(ArgumentTable headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        foreach (var (name, value) in _wanted)
        {
            if ((headers.TryGetValue(name, out var actual) && AreEqual(value, actual)) == _any)
                return _any;
        }

        return !_any;
    }

    /// <summary>Integers of all widths are compared as numbers, and so are floats; all else by type and value.</summary>
    private static bool AreEqual(ArgumentValue wanted, ArgumentValue actual)
    {
        if (wanted.Kind == ArgumentKind.Void)
            return true;
        if (wanted.TryGetInt64(out var wantedInteger) && actual.TryGetInt64(out var actualInteger))
            return wantedInteger == actualInteger;
        if (TryGetDouble(wanted, out var wantedDouble) && TryGetDouble(actual, out var actualDouble))
            return wantedDouble == actualDouble;
        return wanted == actual;
    }

    private static bool TryGetDouble(ArgumentValue value, out double number)
    {
        number = value.Kind switch
        {
            ArgumentKind.Single => value.AsSingle(),
            ArgumentKind.Double => value.AsDouble(),
            _ => 0,
        };
        return value.Kind is ArgumentKind.Single or ArgumentKind.Double;
    }
}
