using System.Globalization;
using System.Text;

namespace ActorBroker.CommandLine.Output;

/// <summary>
/// Text of others on a terminal: names and bodies are whatever clients chose, and a terminal obeys the control characters in
/// what it shows.
/// </summary>
internal static class TextCell
{
    /// <summary>The text on one line, with control characters written out.</summary>
    public static string OneLine(string text) => Escaped(text, keepsLines: false);

    /// <summary>The text with its lines, and other control characters written out.</summary>
    public static string Lines(string text) => Escaped(text, keepsLines: true);

    private static string Escaped(string text, bool keepsLines)
    {
        if (!text.Any(letter => IsControl(letter, keepsLines)))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (var letter in text)
        {
            _ = letter switch
            {
                _ when !IsControl(letter, keepsLines) => escaped.Append(letter),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                _ => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
            };
        }

        return escaped.ToString();
    }

    // Those that turn the direction of text around hide what it says, too.
    private static bool IsControl(char letter, bool keepsLines) =>
        (char.IsControl(letter) && !(keepsLines && letter is '\n' or '\t')) || letter is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
