using System.Globalization;

namespace ActorBroker.Core.Queues;

/// <summary>An age in RabbitMQ's notation: a whole number from 1 on and one of the units Y, M, D, h, m and s.</summary>
internal static class Age
{
    private const long Day = 24 * 60 * 60 * 1000;

    /// <summary>False when the text is no age, or one beyond 64 bits.</summary>
    public static bool TryParse(string text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < 2 || !long.TryParse(text.AsSpan()[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
        {
            return false;
        }

        // A year has 365 days and a month 30.
        long unit = text[^1] switch
        {
            'Y' => 365 * Day,
            'M' => 30 * Day,
            'D' => Day,
            'h' => 60 * 60 * 1000,
            'm' => 60 * 1000,
            's' => 1000,
            _ => 0,
        };
        if (unit == 0 || count > long.MaxValue / unit)
        {
            return false;
        }

        milliseconds = count * unit;
        return true;
    }
}
