using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Mapping;

/// <summary>
/// The property expiration: a message's lifetime in milliseconds, as decimal digits with an optional sign. What is
/// none is refused in RabbitMQ's words, which are Erlang's terms.
/// </summary>
internal static class Expiration
{
    // Ten years.
    private const long Max = 315_360_000_000;

    /// <summary>The lifetime, or null when the text is none.</summary>
    public static long? Read(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long milliseconds, out var consumed) && consumed == text.Length && milliseconds is >= 0 and <= Max
            ? milliseconds
            : null;

    /// <exception cref="Amqp091ErrorException">406: no lifetime.</exception>
    public static void Check(ReadOnlySpan<byte> text)
    {
        if (Read(text) is null)
            throw new Amqp091ErrorException(ReplyCode.PreconditionFailed, $"invalid expiration '{Encoding.UTF8.GetString(text)}': {Describe(text)}");
    }

    private static string Describe(ReadOnlySpan<byte> text)
    {
        var sign = !text.IsEmpty && text[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        var digits = text[sign..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits < 0)
            digits = text.Length - sign;
        if (digits == 0)
            return "no_integer";
        var rest = text[(sign + digits)..];
        if (!rest.IsEmpty)
            return $"{{leftover_string,{Quote(rest)}}}";
        var number = BigInteger.Parse(Encoding.ASCII.GetString(text), CultureInfo.InvariantCulture);
        return $"{{{(number.Sign < 0 ? "value_negative" : "value_too_large")},{number}}}";
    }

    // Erlang shows a list of characters as a string when all of them are printable, else as their numbers.
    private static string Quote(ReadOnlySpan<byte> text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in Encoding.UTF8.GetString(text))
        {
            if (char.IsControl(character) && character is not ('\n' or '\t' or '\r'))
                return $"[{string.Join(',', text.ToArray())}]";
            quoted.Append(character switch
            {
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                '"' => "\\\"",
                '\\' => "\\\\",
                _ => character.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
