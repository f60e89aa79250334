using System.Globalization;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues;

/// <summary>What an exchange's hidden queue is for, and when a message goes on to where the exchange's bindings lead.</summary>
public enum StageKind : byte
{
    /// <summary>When its header x-delay says: an exchange of type <c>x-delayed-message</c>.</summary>
    Delay = 0,

    /// <summary>At once, unless it is a duplicate: an exchange of type <c>x-message-deduplication</c>.</summary>
    Deduplication = 1,

    /// <summary>Never: it keeps copies of the last messages. An exchange of type <c>x-recent-history</c>.</summary>
    History = 2,
}

/// <summary>
/// What a stage is: the hidden queue in which messages to an exchange wait before they are routed, or in which copies of
/// the last ones stay. An ordinary queue in all other respects, so that what it holds is as safe and as cheap as in one.
/// </summary>
/// <param name="Exchange">The exchange's name, in the same virtual host.</param>
/// <param name="Kind">When messages go on.</param>
public sealed record Stage(string Exchange, StageKind Kind)
{
    /// <summary>The header with the delay in milliseconds.</summary>
    public const string DelayHeader = "x-delay";

    /// <summary>The header which, when true, keeps a message out of the history of the exchanges that it goes through.</summary>
    public const string NoStoreHeader = "x-recent-history-no-store";

    private const string NamePrefix = "amq.stage.";

    // A thousand years: no deadline overflows.
    private const long DelayMax = 1000L * 366 * 24 * 60 * 60 * 1000;

    /// <summary>The name of an exchange's stage.</summary>
    public static string NameOf(string exchange) => NamePrefix + exchange;

    /// <summary>Whether this is the name of a stage, which no client may use.</summary>
    public static bool IsName(string queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return queue.StartsWith(NamePrefix, StringComparison.Ordinal);
    }

    /// <summary>
    /// The delay that a value of the header means: an integer of any width, a fraction (cut off), or the digits of an
    /// integer. False for anything else, and when there is nothing to wait for.
    /// </summary>
    /// <param name="value">The header's value.</param>
    /// <param name="delayMs">Milliseconds, above 0 and at most a thousand years.</param>
    public static bool TryReadDelay(ArgumentValue value, out long delayMs)
    {
        delayMs = Math.Min(ReadSigned(value) ?? 0, DelayMax);
        return delayMs > 0;
    }

    /// <summary>How long a message of this stage waits, in milliseconds; 0 when it goes on at once, null when it stays.</summary>
    public long? DelayOf(MessageView message, MessageFormats formats)
    {
        ArgumentNullException.ThrowIfNull(formats);
        if (Kind == StageKind.History)
            return null;
        return Kind == StageKind.Delay
            && formats[message.Format].TryReadHeader(message.Properties, DelayHeader, out var value)
            && TryReadDelay(value, out var delayMs)
                ? delayMs
                : 0;
    }

    /// <summary>
    /// What the header becomes when the message goes on: the negative of what it was, so that it is not delayed again
    /// and yet can be told from others.
    /// </summary>
    public static ArgumentValue Elapsed(ArgumentValue value) => ArgumentValue.FromInt64(-(ReadSigned(value) ?? 0));

    private static long? ReadSigned(ArgumentValue value)
    {
        if (value.TryGetInt64(out var integer))
        {
            return Math.Max(integer, -long.MaxValue);
        }

        if (value.TryGetString(out var text))
        {
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed) ? Math.Max(parsed, -long.MaxValue) : null;
        }

        var fraction = value.Kind switch
        {
            ArgumentKind.Single => value.AsSingle(),
            ArgumentKind.Double => value.AsDouble(),
            _ => double.NaN,
        };
        return double.IsNaN(fraction) ? null : (long)Math.Clamp(fraction, -DelayMax, DelayMax);
    }
}
