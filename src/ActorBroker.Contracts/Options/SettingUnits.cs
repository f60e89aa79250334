using System.Buffers;
using System.Globalization;

namespace ActorBroker.Contracts.Options;

/// <summary>
/// Sizes and durations as HOCON writes them: a number, optional blanks, a unit. Akka's own reader takes what it does
/// not understand for zero, which would turn a misspelt limit into none.
/// </summary>
internal static class SettingUnits
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly Dictionary<string, double> BytesPerUnit = new(StringComparer.OrdinalIgnoreCase)
    {
        [""] = 1,
        ["b"] = 1,
        ["k"] = 1024,
        ["kib"] = 1024,
        ["kb"] = 1000,
        ["m"] = 1024 * 1024,
        ["mib"] = 1024 * 1024,
        ["mb"] = 1000 * 1000,
        ["g"] = 1024 * 1024 * 1024,
        ["gib"] = 1024 * 1024 * 1024,
        ["gb"] = 1000 * 1000 * 1000,
    };

    private static readonly Dictionary<string, double> MillisecondsPerUnit = new(StringComparer.OrdinalIgnoreCase)
    {
        ["us"] = 0.001,
        ["ms"] = 1,
        ["s"] = 1000,
        ["m"] = 60 * 1000,
        ["h"] = 60 * 60 * 1000,
        ["d"] = 24 * 60 * 60 * 1000,
    };

    public static bool TryBytes(string text, out long bytes)
    {
        var understood = TryScale(text, BytesPerUnit, out var scaled) && scaled < long.MaxValue && scaled % 1 == 0;
        bytes = understood ? (long)scaled : 0;
        return understood;
    }

    public static bool TryDuration(string text, out TimeSpan duration)
    {
        var understood = TryScale(text, MillisecondsPerUnit, out var milliseconds)
                         && milliseconds < TimeSpan.MaxValue.TotalMilliseconds;
        duration = understood ? TimeSpan.FromMilliseconds(milliseconds) : default;
        return understood;
    }

    public static string Format(TimeSpan duration) =>
        duration.TotalSeconds % 1 == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds}s")
            : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds}ms");

    private static bool TryScale(string text, Dictionary<string, double> units, out double scaled)
    {
        scaled = 0;
        var trimmed = text.AsSpan().Trim();
        var digits = trimmed.IndexOfAnyExcept(NumberCharacters);
        var number = digits < 0 ? trimmed : trimmed[..digits];
        var unit = digits < 0 ? string.Empty : trimmed[digits..].TrimStart().ToString();
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            || !units.TryGetValue(unit, out var factor))
        {
            return false;
        }

        scaled = value * factor;
        return true;
    }
}
