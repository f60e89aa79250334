namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>
/// A hash of texts that is the same in every process and on every machine, so that all nodes of a cluster route a
/// message alike, after a restart too. Not for tables that strangers fill.
/// </summary>
internal static class StableHash
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>FNV-1a over the text's UTF-16 units, mixed: close texts have hashes that share nothing.</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        var hash = FnvOffset;
        foreach (var unit in text)
            hash = (hash ^ unit) * FnvPrime;
        return Mix(hash);
    }

    /// <summary>The finalizer of SplitMix64: every bit of the result depends on every bit of the value.</summary>
    public static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
