using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Streams;

/// <summary>Which messages a consumer wants, by their header <c>x-stream-filter-value</c>.</summary>
internal sealed class StreamFilter(IReadOnlyList<string> values, bool matchUnfiltered, MessageFormats formats)
{
    private const string ValueHeader = "x-stream-filter-value";

    private readonly HashSet<string> _values = new(values, StringComparer.Ordinal);

    /// <summary>Null for a consumer that wants everything.</summary>
    public static StreamFilter? Of(ConsumerArguments arguments, MessageFormats formats) =>
        arguments.Filter is { } values ? new StreamFilter(values, arguments.MatchUnfiltered, formats) : null;

    /// <summary>The message's value; null when it has none that is text.</summary>
    public static string? ValueOf(MessageView message, MessageFormats formats) =>
        (message.Flags & MessageFlags.HasHeaders) != 0
            && formats[message.Format].TryReadHeader(message.Properties, ValueHeader, out var value)
            && value.TryGetString(out var text)
                ? text
                : null;

    /// <summary>The consumer wants the message.</summary>
    public bool Matches(MessageView message) =>
        ValueOf(message, formats) is { } value ? _values.Contains(value) : matchUnfiltered;

    /// <summary>False when no message of the segment matches.</summary>
    public bool MayMatch(FilterValueSet segment)
    {
        if (matchUnfiltered && segment.HasUnfiltered)
        {
            return true;
        }

        foreach (var value in _values)
        {
            if (segment.MayContain(value))
            {
                return true;
            }
        }

        return false;
    }
}
