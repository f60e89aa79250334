using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorBroker.CommandLine.Invocation;

/// <summary>Options of the form <c>NAME=VALUE</c>.</summary>
internal static class GivenPairs
{
    /// <summary>
    /// The pairs as an object. A value that is JSON is what it says (a number, <c>true</c>, a list, or text in quotation
    /// marks); anything else is text.
    /// </summary>
    /// <param name="option">What they were given with, for the error.</param>
    /// <param name="given">The pairs.</param>
    /// <exception cref="FormatException">One has no name or no value.</exception>
    public static JsonObject ObjectOf(string option, IEnumerable<string>? given)
    {
        var pairs = new JsonObject();
        foreach (var pair in given ?? [])
        {
            var separator = pair.IndexOf('=', StringComparison.Ordinal);
            if (separator <= 0)
            {
                throw new FormatException($"{option} {pair}: expected NAME=VALUE");
            }

            pairs[pair[..separator]] = ValueOf(pair[(separator + 1)..]);
        }

        return pairs;
    }

    private static JsonNode? ValueOf(string text)
    {
        try
        {
            return JsonNode.Parse(text) ?? JsonValue.Create(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
