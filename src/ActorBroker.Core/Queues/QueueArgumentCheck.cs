using System.Globalization;
using ActorBroker.Core.Arguments;

namespace ActorBroker.Core.Queues;

/// <summary>
/// What an argument's value must be. Each check answers null, or what is wrong as the Erlang term that RabbitMQ puts
/// into its error text.
/// </summary>
internal static class QueueArgumentCheck
{
    /// <summary>Ten years in milliseconds: the longest that anything may wait before it expires.</summary>
    public const long ExpiryMax = 315_360_000_000;

    private const int PriorityMaxClassic = 255;
    private const int PriorityMaxQuorum = 31;
    private const double BackoffMax = 1_000;

    public static string? Integer(ArgumentValue value) =>
        value.Kind.IsInteger() ? null : $"\"expected integer, got {value.Kind.TypeName()}\"";

    public static string? NonNegative(ArgumentValue value) => Integer(value) ?? (value.AsInt64() < 0 ? Term("value_negative", value) : null);

    public static string? Positive(ArgumentValue value) => NonNegative(value) ?? (value.AsInt64() == 0 ? Term("value_zero", value) : null);

    public static string? TimeToLive(ArgumentValue value) =>
        NonNegative(value) ?? (value.AsInt64() > ExpiryMax ? Term("value_too_large", value) : null);

    public static string? Expiry(ArgumentValue value) => Positive(value) ?? TimeToLive(value);

    public static string? ClassicPriority(ArgumentValue value) => AtMost(value, PriorityMaxClassic);

    public static string? QuorumPriority(ArgumentValue value) => AtMost(value, PriorityMaxQuorum);

    public static string? Boolean(ArgumentValue value) => value.Kind == ArgumentKind.Boolean ? null : WrongType(value);

    public static string? Text(ArgumentValue value) => value.Kind == ArgumentKind.LongString ? null : WrongType(value);

    /// <summary>The name of a header.</summary>
    public static string? Header(ArgumentValue value) => Text(value) ?? (value.AsBytes().IsEmpty ? "empty_header_name" : null);

    public static string? PlacementTag(ArgumentValue value) =>
        Text(value) ?? (value.AsBytes().IsEmpty ? "invalid_member_placement_tag_arg" : null);

    public static string? MaxAge(ArgumentValue value) => Text(value) ?? (Age.TryParse(value.AsString(), out _) ? null : "invalid_max_age");

    public static string? Retention(ArgumentValue value) =>
        Text(value) ?? (Queues.Retention.TryParse(value.AsString(), out _) ? null : "invalid_retention");

    /// <summary>A truth value or the word for it, as the deduplication plug-in takes it.</summary>
    public static string? Switch(ArgumentValue value) =>
        value.Kind == ArgumentKind.Boolean || (value.TryGetString(out var word) && word is "true" or "false") ? null : WrongType(value);

    public static string? Version(ArgumentValue value) =>
        NonNegative(value) ?? (value.AsInt64() is 1 or 2 ? null : $"\"unsupported queue version '{value.AsInt64()}'\"");

    public static string? Mode(ArgumentValue value) =>
        Text(value) ?? (value.AsString() is "default" or "lazy" ? null : $"\"unsupported queue mode '{value}'\"");

    public static string? Type(ArgumentValue value) =>
        Text(value) ?? (QueueArguments.TryParseType(value.AsString(), out _) ? null : $"\"unsupported queue type '{value}'\"");

    public static string? Backoff(ArgumentValue value)
    {
        if (!TryGetNumber(value, out var number))
        {
            return WrongType(value);
        }

        return number is >= 1 and <= BackoffMax ? null : "invalid_delayed_retry_backoff";
    }

    /// <summary>One of some words; <paramref name="error"/> is the term for any other.</summary>
    public static Func<ArgumentValue, string?> OneOf(string error, params string[] words) =>
        value => Text(value) ?? (words.Contains(value.AsString(), StringComparer.Ordinal) ? null : error);

    /// <summary>The value of an integer or floating-point argument.</summary>
    public static bool TryGetNumber(ArgumentValue value, out double number)
    {
        number = value.Kind switch
        {
            ArgumentKind.Single => value.AsSingle(),
            ArgumentKind.Double => value.AsDouble(),
            _ => value.TryGetInt64(out var integer) ? integer : double.NaN,
        };
        return double.IsFinite(number);
    }

    private static string? AtMost(ArgumentValue value, int most) =>
        NonNegative(value) ?? (value.AsInt64() > most ? Term("max_value_exceeded", value) : null);

    private static string WrongType(ArgumentValue value) => $"{{unacceptable_type,{value.Kind.TypeName()}}}";

    private static string Term(string word, ArgumentValue value) =>
        string.Create(CultureInfo.InvariantCulture, $"{{{word},{value.AsInt64()}}}");
}
