using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ActorBroker.Core.Policies;

/// <summary>The compiled pattern of a policy. For any thread.</summary>
internal sealed class PolicyPattern
{
    /// <summary>Longest pattern, in bytes of UTF-8.</summary>
    public const int BytesMax = 1024;

    // A pattern that takes longer for one name counts as not matching: nobody may hold up a queue by a policy.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);

    private readonly Regex _regex;

    private PolicyPattern(Regex regex) => _regex = regex;

    /// <summary>False, with what is wrong, when the text is no pattern.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PolicyPattern? pattern, [NotNullWhen(false)] out string? error)
    {
        pattern = null;
        error = null;
        if (Encoding.UTF8.GetByteCount(text) > BytesMax)
        {
            error = string.Create(CultureInfo.InvariantCulture, $"pattern must not exceed {BytesMax} bytes");
            return false;
        }

        try
        {
            pattern = new PolicyPattern(new Regex(text, RegexOptions.CultureInvariant, MatchTimeout));
            return true;
        }
        catch (RegexParseException failure)
        {
            error = string.Create(
                CultureInfo.InvariantCulture, $"pattern should be regular expression but is invalid: {{\"{Words(failure.Error)}\",{failure.Offset}}}");
            return false;
        }
    }

    /// <summary>Whether it is found in the name.</summary>
    public bool IsMatch(string name)
    {
        try
        {
            return _regex.IsMatch(name);
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
