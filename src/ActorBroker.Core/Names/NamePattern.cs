using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ActorBroker.Core.Names;

/// <summary>
/// A regular expression over names that somebody who may not be trusted with the broker's time has written. For any thread.
/// </summary>
public sealed class NamePattern
{
    /// <summary>Longest pattern, in bytes of UTF-8.</summary>
    public const int BytesMax = 1024;

    // Beyond it a pattern counts as not matching: nobody may hold up a queue or a channel by one.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);

    // Null for the pattern that matches everything, as most do.
    private readonly Regex? _regex;

    private NamePattern(Regex? regex) => _regex = regex;

    /// <summary>Matches every name.</summary>
    public static NamePattern Any { get; } = new(null);

    /// <summary>False, with what is wrong, when the text is no pattern.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NamePattern? pattern, [NotNullWhen(false)] out NamePatternError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        pattern = null;
        error = null;
        if (Encoding.UTF8.GetByteCount(text) > BytesMax)
        {
            error = new NamePatternError(string.Create(CultureInfo.InvariantCulture, $"must not exceed {BytesMax} bytes"), null);
            return false;
        }

        try
        {
            pattern = text == ".*" ? Any : new NamePattern(new Regex(text, RegexOptions.CultureInvariant, MatchTimeout));
            return true;
        }
        catch (RegexParseException failure)
        {
            error = new NamePatternError(Words(failure.Error), failure.Offset);
            return false;
        }
    }

    /// <summary>Whether it is found in the name.</summary>
    public bool IsMatch(string name)
    {
        try
        {
            return _regex is null || _regex.IsMatch(name);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static string Words(RegexParseError error) => error switch
    {
        RegexParseError.InsufficientClosingParentheses => "missing )",
        RegexParseError.InsufficientOpeningParentheses => "unmatched parentheses",
        RegexParseError.UnterminatedBracket => "missing terminating ] for character class",
        RegexParseError.QuantifierAfterNothing => "nothing to repeat",
        _ => error.ToString(),
    };
}

/// <summary>What is wrong with a pattern.</summary>
/// <param name="Words">In PCRE's words where it has some.</param>
/// <param name="Offset">Where in the pattern; null when it is too long.</param>
public sealed record NamePatternError(string Words, int? Offset);
