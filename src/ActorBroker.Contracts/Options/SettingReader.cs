using System.Globalization;
using Akka.Configuration;

namespace ActorBroker.Contracts.Options;

/// <summary>
/// Reads settings and checks their form and range. A key that is absent or holds something else is a
/// <see cref="StartupException"/> that names the key, its value and what was expected. Defaults live in
/// hocon/actorbroker.conf only, so there is none here.
/// </summary>
public sealed class SettingReader
{
    private readonly Config _config;
    private readonly SortedSet<string> _keysRead = new(StringComparer.Ordinal);

    public SettingReader(Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        _config = config;
    }

    /// <summary>Every key asked for so far, whole paths, sorted.</summary>
    public IReadOnlyCollection<string> KeysRead => _keysRead;

    public string Text(string key)
    {
        var text = Raw(key);
        return text.Length > 0 ? text : throw Expected(key, text, "a text that is not empty");
    }

    /// <summary>Null where the text is empty.</summary>
    public string? TextIfAny(string key) => Raw(key) is { Length: > 0 } text ? text : null;

    public IReadOnlyList<string> Texts(string key)
    {
        Present(key);
        var value = _config.GetValue(key);

        // Akka does not take an empty list for one.
        return value.IsString() || value.IsObject()
            ? throw Expected(key, value.ToString(), "a list such as [\"a\", \"b\"]")
            : [.. value.GetStringList()];
    }

    /// <summary>A list of sections; each is read by keys within itself, which are not checked for ones that nobody reads.</summary>
    public IReadOnlyList<Config> Sections(string key)
    {
        Present(key);
        var value = _config.GetValue(key);

        // Akka does not take an empty list for one.
        if (value.IsString() || value.IsObject())
        {
            throw Expected(key, value.ToString(), "a list such as [{ name = a }, { name = b }]");
        }

        List<Config> sections = [];
        foreach (var entry in value.GetArray())
        {
            sections.Add(entry.IsObject() ? entry.ToConfig() : throw Expected(key, entry.ToString(), "a list such as [{ name = a }, { name = b }]"));
        }

        return sections;
    }

    /// <summary>
    /// The sections below a key, by name. Each is read by the keys of <paramref name="model"/>, which say what a section does not.
    /// </summary>
    /// <param name="key">Whole path of a section of sections.</param>
    /// <param name="model">Whole path of a section that is like them.</param>
    public IReadOnlyDictionary<string, SettingReader> SectionsLike(string key, string model)
    {
        var sections = _config.HasPath(key) && _config.GetValue(key).IsObject() ? _config.GetValue(key).GetObject().Items : [];
        return sections.ToDictionary(
            static section => section.Key,
            section => section.Value.IsObject()
                ? new SettingReader(BrokerConfiguration.At(section.Value.ToConfig(), model.Split('.')).WithFallback(_config))
                : throw Expected($"{key}.{section.Key}", section.Value.ToString(), "a section such as { connection-string = ... }"),
            StringComparer.Ordinal);
    }

    public bool Switch(string key) => OneOf(key, ("on", true), ("off", false), ("true", true), ("false", false), ("yes", true), ("no", false));

    /// <summary>The value that belongs to the word at <paramref name="key"/>.</summary>
    public T OneOf<T>(string key, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        var text = Raw(key);
        foreach (var (word, value) in choices)
        {
            if (string.Equals(text, word, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        List<string> words = [];
        foreach (var (word, _) in choices)
        {
            words.Add(word);
        }

        throw Expected(key, text, $"one of {string.Join(", ", words)}");
    }

    public int WholeNumber(string key, int least, int most)
    {
        var text = Raw(key);
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
               && number >= least && number <= most
            ? number
            : throw Expected(key, text, $"a whole number from {least} to {most}");
    }

    /// <summary>A number of bytes: plain, or with B, KiB, MiB, GiB (powers of two) or kB, MB, GB (powers of ten).</summary>
    public long Bytes(string key, long least, long most)
    {
        var text = Raw(key);
        return SettingUnits.TryBytes(text, out var bytes) && bytes >= least && bytes <= most
            ? bytes
            : throw Expected(key, text, $"a size from {least} to {most} bytes, such as 65536, 64KiB or 16MiB");
    }

    /// <summary><see cref="Bytes"/> for what fits an array.</summary>
    public int ArrayBytes(string key, int least, int most) => (int)Bytes(key, least, most);

    public TimeSpan Duration(string key, TimeSpan least, TimeSpan most)
    {
        var text = Raw(key);
        return SettingUnits.TryDuration(text, out var duration) && duration >= least && duration <= most
            ? duration
            : throw Expected(
                key,
                text,
                $"a duration from {SettingUnits.Format(least)} to {SettingUnits.Format(most)}, such as 100ms, 10s or 5m");
    }

    /// <summary>The error for a value that has the right form but cannot be used.</summary>
    /// <param name="key">Whole path of the setting.</param>
    /// <param name="value">What it holds.</param>
    /// <param name="expectation">What it may hold, to follow "expected".</param>
    public static StartupException Expected(string key, string value, string expectation) =>
        new($"{key} = {OneLine(value)}: expected {expectation}");

    private string Raw(string key)
    {
        Present(key);
        var value = _config.GetValue(key);
        return value.IsString()
            ? value.GetString() ?? string.Empty
            : throw Expected(key, value.ToString(), "a single value");
    }

    private void Present(string key)
    {
        _keysRead.Add(key);
        if (!_config.HasPath(key))
        {
            throw new StartupException($"{key} is missing: the shipped configuration is incomplete");
        }
    }

    private static string OneLine(string value) =>
        value.ReplaceLineEndings(" ") is { Length: > 80 } text ? string.Concat(text.AsSpan(0, 80), "...") : value.ReplaceLineEndings(" ");
}
