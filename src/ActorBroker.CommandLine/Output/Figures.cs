using System.Globalization;

namespace ActorBroker.CommandLine.Output;

/// <summary>Figures as people read them.</summary>
internal static class Figures
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    public static string Count(double number) => double.IsFinite(number) ? number.ToString("#,0.###", CultureInfo.InvariantCulture) : "-";

    public static string Rate(double number) => double.IsFinite(number) ? number.ToString(number < 100 ? "#,0.#" : "#,0", CultureInfo.InvariantCulture) : "-";

    public static string Bytes(double bytes)
    {
        if (!double.IsFinite(bytes))
        {
            return "-";
        }

        var unit = 0;
        for (; Math.Abs(bytes) >= 1024 && unit < Units.Length - 1; unit++)
        {
            bytes /= 1024;
        }

        return $"{bytes.ToString(unit == 0 || bytes >= 100 ? "0" : "0.#", CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalDays} d {duration.Hours} h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Hours} h {duration.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes} min {duration.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.#} s"),
    };

    /// <summary>In UTC, as the broker's log has it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
