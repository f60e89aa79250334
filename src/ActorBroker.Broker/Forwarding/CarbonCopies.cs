using ActorBroker.Core.Arguments;

namespace ActorBroker.Broker.Forwarding;

/// <summary>The further keys by which a message that is kept was published, as far as it still names them.</summary>
internal static class CarbonCopies
{
    /// <summary>The header that names them.</summary>
    public const string Header = "CC";

    /// <summary>The keys as the header has them; what is no string is none.</summary>
    public static List<ArgumentValue> Of(ArgumentTable headers)
    {
        var copies = new List<ArgumentValue>();
        if (headers.TryGetValue(Header, out var value) && value.Kind == ArgumentKind.Array)
        {
            foreach (var copy in value.AsArray())
            {
                if (copy.Kind == ArgumentKind.LongString)
                {
                    copies.Add(copy);
                }
            }
        }

        return copies;
    }

    /// <summary>The keys; null for none.</summary>
    public static List<string>? KeysOf(ArgumentTable headers) =>
        Of(headers) is { Count: > 0 } copies ? copies.ConvertAll(static copy => copy.AsString()) : null;
}
