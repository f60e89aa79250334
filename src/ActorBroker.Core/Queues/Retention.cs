using System.Globalization;

namespace ActorBroker.Core.Queues;

/// <summary>
/// How much of what was published to a queue is kept though it was consumed (x-retention): as long as neither limit is
/// exceeded. Written as an age, a size, or both with a semicolon between them: <c>7D</c>, <c>1GB</c>, <c>7D;1GB</c>.
/// </summary>
/// <param name="Age">In milliseconds, from when a message was written; null for any.</param>
/// <param name="Bytes">Size of all records; null for any.</param>
public sealed record Retention(long? Age, long? Bytes)
{
    // The longest first: each ends as the shorter ones do.
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
    ];

    /// <summary>False when the text is no retention.</summary>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Retention? retention)
    {
        ArgumentNullException.ThrowIfNull(text);
        retention = null;
        long? age = null;
        long? bytes = null;
        foreach (var part in text.Split(';'))
        {
            if (age is null && Queues.Age.TryParse(part, out var milliseconds))
            {
                age = milliseconds;
            }
            else if (bytes is null && BytesOf(part) is { } size)
            {
                bytes = size;
            }
            else
            {
                return false;
            }
        }

        retention = new Retention(age, bytes);
        return true;
    }

    /// <summary>What both allow to keep.</summary>
    public static Retention Lower(Retention one, Retention other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return new Retention(Lower(one.Age, other.Age), Lower(one.Bytes, other.Bytes));
    }

    /// <summary>As it is written, in seconds and bytes.</summary>
    public override string ToString()
    {
        var age = Age is { } milliseconds ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000}s") : null;
        var bytes = Bytes is { } size ? string.Create(CultureInfo.InvariantCulture, $"{size}B") : null;
        return string.Join(';', new[] { age, bytes }.OfType<string>());
    }

    private static long? Lower(long? one, long? other) => one < other ? one : other ?? one;

    private static long? BytesOf(string text)
    {
        foreach (var (unit, bytes) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal))
            {
                return long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                    && count > 0 && count <= long.MaxValue / bytes
                    ? count * bytes
                    : null;
            }
        }

        return null;
    }
}
