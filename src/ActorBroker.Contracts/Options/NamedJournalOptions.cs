using System.Buffers;

namespace ActorBroker.Contracts.Options;

/// <summary>A further journal, with the virtual hosts that are kept in it.</summary>
/// <param name="Name">Its name, as in actorbroker.journals.NAME.</param>
/// <param name="Journal">Where it is.</param>
/// <param name="VirtualHosts">Names of virtual hosts.</param>
public sealed record NamedJournalOptions(string Name, JournalOptions Journal, IReadOnlyList<string> VirtualHosts)
{
    private const string Section = "actorbroker.journals";
    private const string Model = "actorbroker.journal";
    private const string VirtualHostsKey = $"{Model}.virtual-hosts";

    /// <summary>
    /// Longest name of a virtual host of a further journal, characters, as it is in the ids of its entities: it must be
    /// readable there, and ids are cut beyond some length.
    /// </summary>
    public const int VirtualHostLengthMax = 90;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>All further journals.</summary>
    /// <exception cref="StartupException">One cannot be used; the message names it.</exception>
    public static IReadOnlyList<NamedJournalOptions> ReadAll(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var main = JournalOptions.Read(settings);
        if (settings.Texts(VirtualHostsKey) is [var first, ..])
        {
            throw SettingReader.Expected(VirtualHostsKey, first, $"none: this journal keeps all virtual hosts that are in no section of {Section}");
        }

        List<NamedJournalOptions> journals = [];
        foreach (var (name, section) in settings.SectionsLike(Section, Model).OrderBy(static section => section.Key, StringComparer.Ordinal))
        {
            journals.Add(Read(name, section, main, journals));
        }

        return journals;
    }

    /// <summary>The key of the main journal that a key of a further one is like; any other key as it is.</summary>
    public static string ModelOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.StartsWith(Section + ".", StringComparison.Ordinal) && key.IndexOf('.', Section.Length + 1) is > 0 and var end
            ? Model + key[end..]
            : key;
    }

    /// <summary>Whether a virtual host of this name may be kept in a further journal.</summary>
    public static bool MayKeep(string virtualHost) => EntityIds.OfVirtualHost(virtualHost).Length <= VirtualHostLengthMax;

    private static NamedJournalOptions Read(string name, SettingReader section, JournalOptions main, List<NamedJournalOptions> others)
    {
        var key = $"{Section}.{name}";
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            throw SettingReader.Expected(Section, name, "a name of lower-case letters, digits and hyphens");
        }

        var journal = JournalOptions.Read(section);
        if (main.Provider != JournalProvider.PostgreSql || journal.Provider != JournalProvider.PostgreSql)
        {
            throw new StartupException($"{key}: further journals take {Model}.provider = postgresql");
        }

        if (others.Select(static other => other.Journal).Append(main).Any(other => other.ConnectionString == journal.ConnectionString))
        {
            throw new StartupException($"{key}.connection-string: expected a database that no other journal has");
        }

        var virtualHosts = section.Texts(VirtualHostsKey);
        foreach (var virtualHost in virtualHosts)
        {
            if (others.Any(other => other.VirtualHosts.Contains(virtualHost)))
            {
                throw SettingReader.Expected($"{key}.virtual-hosts", virtualHost, "virtual hosts that no other journal has");
            }

            if (!MayKeep(virtualHost))
            {
                throw SettingReader.Expected($"{key}.virtual-hosts", virtualHost, $"names of {VirtualHostLengthMax} characters at most");
            }
        }

        return new NamedJournalOptions(name, journal, virtualHosts);
    }
}
