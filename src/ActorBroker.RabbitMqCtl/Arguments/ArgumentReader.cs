using System.Globalization;

namespace ActorBroker.RabbitMqCtl.Arguments;

/// <summary>
/// A command line, taken apart as RabbitMQ's tools do it: switches stand anywhere, before the command's name, too; the last
/// of several counts; after <c>--</c> there are none.
/// </summary>
internal sealed class ArgumentReader
{
    private readonly Dictionary<string, Switch> _byName;
    private readonly Dictionary<char, Switch> _byAlias;
    private readonly LinkedList<string> _rest;
    private readonly List<string> _arguments = [];
    private readonly List<(string Switch, string? Value)> _invalid = [];
    private readonly Dictionary<string, object> _options = new(StringComparer.Ordinal);

    private ArgumentReader(IEnumerable<string> words, IEnumerable<Switch> switches)
    {
        _rest = new LinkedList<string>(words);
        _byName = switches.ToDictionary(static one => one.Name, StringComparer.Ordinal);
        _byAlias = switches.Where(static one => one.Alias is not null).ToDictionary(static one => one.Alias!.Value);
    }

    /// <summary>What is no switch and no switch's value: the command's name and its arguments.</summary>
    public IReadOnlyList<string> Arguments => _arguments;

    /// <summary>The switches that are given, by name: true or false, text, or a number.</summary>
    public IReadOnlyDictionary<string, object> Options => _options;

    /// <summary>The switches that do not exist here, or whose value makes no sense.</summary>
    public IReadOnlyList<(string Switch, string? Value)> Invalid => _invalid;

    /// <summary>Takes the words apart by these switches.</summary>
    public static ArgumentReader Read(IEnumerable<string> words, IEnumerable<Switch> switches)
    {
        var line = new ArgumentReader(words, switches);
        line.Read();
        return line;
    }

    private void Read()
    {
        while (Take() is { } word)
        {
            if (word == "--")
            {
                _arguments.AddRange(_rest);
                return;
            }

            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                ReadLong(word);
            }
            else if (word.Length > 1 && word[0] == '-' && word[1] != ' ' && !IsNumber(word))
            {
                ReadShort(word);
            }
            else
            {
                _arguments.Add(word);
            }
        }
    }

    private string? Take()
    {
        var first = _rest.First?.Value;
        if (first is not null)
        {
            _rest.RemoveFirst();
        }

        return first;
    }

    private void ReadLong(string word)
    {
        var (name, value) = Split(word[2..]);
        if (_byName.TryGetValue(name, out var found))
        {
            Accept(found, "--" + name, value, isNegated: false);
        }
        else if (name.StartsWith("no-", StringComparison.Ordinal) && _byName.TryGetValue(name[3..], out found) && found.Kind == SwitchKind.Flag)
        {
            Accept(found, "--" + name, value, isNegated: true);
        }
        else
        {
            _invalid.Add(("--" + name, value));
        }
    }

    // A letter, or several as -qs, or one and its number as -t5.
    private void ReadShort(string word)
    {
        var (letters, value) = Split(word[1..]);
        if (letters.Length == 1)
        {
            if (_byAlias.TryGetValue(letters[0], out var found))
            {
                Accept(found, "-" + letters, value, isNegated: false);
            }
            else
            {
                _invalid.Add(("-" + letters, value));
            }

            return;
        }

        if (letters.Length == 0 || letters.IndexOfAny(['-', '_']) >= 0)
        {
            _invalid.Add(("-" + letters, value));
            return;
        }

        Expand(letters, value);
    }

    private void Expand(string letters, string? value)
    {
        var digits = letters.AsSpan().IndexOfAnyInRange('0', '9');
        List<string> words = [.. letters[..(digits < 0 ? letters.Length : digits)].Select(static letter => $"-{letter}")];
        if (digits >= 0)
        {
            words.Add(letters[digits..]);
        }

        if (value is not null)
        {
            words[^1] += "=" + value;
        }

        for (var i = words.Count - 1; i >= 0; i--)
        {
            _rest.AddFirst(words[i]);
        }
    }

    private void Accept(Switch found, string original, string? value, bool isNegated)
    {
        if (found.Kind != SwitchKind.Flag)
        {
            value ??= HasValue() ? Take() : null;
        }

        object? accepted = found.Kind switch
        {
            SwitchKind.Flag => value switch { null => !isNegated, "true" => true, "false" => false, _ => null },
            SwitchKind.Number => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ => value,
        };
        if (accepted is null)
        {
            _invalid.Add((original, value));
        }
        else
        {
            _options[found.Name] = accepted;
        }
    }

    private bool HasValue() => _rest.First?.Value is { } next && (!next.StartsWith('-') || next == "-" || next.StartsWith("- ", StringComparison.Ordinal) || IsNumber(next));

    private static (string Name, string? Value) Split(string word)
    {
        var at = word.IndexOf('=', StringComparison.Ordinal);
        return at < 0 ? (word, null) : (word[..at], word[(at + 1)..]);
    }

    private static bool IsNumber(string word) =>
        word.Length > 1 && double.TryParse(word.AsSpan(1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);
}
