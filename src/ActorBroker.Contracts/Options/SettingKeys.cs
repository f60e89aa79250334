using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorBroker.Contracts.Options;

/// <summary>The keys of our own section, and the check that a user wrote no other.</summary>
public static class SettingKeys
{
    /// <summary>The top-level key of everything that is ours.</summary>
    public const string Root = "actorbroker";

    /// <summary>Whole paths of all settings of ours in <paramref name="config"/>; lists count as one setting.</summary>
    public static IReadOnlyList<string> In(Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        List<string> keys = [];
        if (!config.IsEmpty && config.HasPath(Root))
        {
            Collect(Root, config.GetValue(Root), keys);
        }

        return keys;
    }

    /// <summary>Refuses the first key of <paramref name="given"/> that is not among <paramref name="known"/>.</summary>
    /// <param name="given">What a user wrote.</param>
    /// <param name="origin">Where, for the message: a file name or an option.</param>
    /// <param name="known">Whole paths of all settings.</param>
    /// <exception cref="StartupException">There is such a key; the message names the nearest one known.</exception>
    public static void RefuseUnknown(Config given, string origin, IReadOnlyCollection<string> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        var unknown = In(given).FirstOrDefault(key => !known.Contains(NamedJournalOptions.ModelOf(key)));
        if (unknown is not null)
        {
            throw new StartupException($"{origin}: unknown key {unknown}; the nearest known key is {Nearest(unknown, known)}");
        }
    }

    private static void Collect(string path, HoconValue value, List<string> keys)
    {
        if (!value.IsObject())
        {
            keys.Add(path);
            return;
        }

        foreach (var (name, child) in value.GetObject().Items)
        {
            Collect($"{path}.{name}", child, keys);
        }
    }

    private static string Nearest(string unknown, IReadOnlyCollection<string> known) =>
        known.MinBy(key => (EditDistance(unknown, key), key))!;

    // Levenshtein's distance, one row at a time.
    private static int EditDistance(string from, string to)
    {
        var row = new int[to.Length + 1];
        for (var column = 0; column <= to.Length; column++)
        {
            row[column] = column;
        }

        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var substituted = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}
