using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Queues;

/// <summary>Where a consumer of a stream starts.</summary>
public enum StreamStart : byte
{
    /// <summary>With the next message that is published.</summary>
    Next = 0,

    /// <summary>With the oldest message.</summary>
    First = 1,

    /// <summary>With the newest chunk that is there.</summary>
    Last = 2,

    /// <summary>With the message of this offset.</summary>
    Offset = 3,

    /// <summary>With the first message published at or after this Unix time in milliseconds.</summary>
    Timestamp = 4,

    /// <summary>With the first message published at most so many milliseconds ago.</summary>
    Interval = 5,
}

/// <summary>x-stream-offset.</summary>
/// <param name="Start">What the value counts.</param>
/// <param name="Value">Zero where <paramref name="Start"/> needs none.</param>
public readonly record struct StreamOffset(StreamStart Start, long Value);

/// <summary>The arguments of basic.consume that mean something to a queue.</summary>
public sealed record ConsumerArguments
{
    /// <summary>The argument that makes a consumer a reader: of a stream, or of the history of a queue that keeps one.</summary>
    public const string OffsetName = "x-stream-offset";

    private const string PriorityName = "x-priority";
    private const string TimeoutName = "x-consumer-timeout";
    private const string FilterName = "x-stream-filter";
    private const string MatchUnfilteredName = "x-stream-match-unfiltered";
    private const string CancelOnFailover = "x-cancel-on-ha-failover";

    /// <summary>x-priority: consumers with a higher one are served first; 0 unless given.</summary>
    public int Priority { get; init; }

    /// <summary>x-consumer-timeout in milliseconds: how long it may hold a message, above the queue's own; null for the queue's.</summary>
    public long? Timeout { get; init; }

    /// <summary>x-stream-offset.</summary>
    public StreamOffset Offset { get; init; }

    /// <summary>x-stream-filter: the values that the consumer wants, any of them; null for all messages.</summary>
    public IReadOnlyList<string>? Filter { get; init; }

    /// <summary>x-stream-match-unfiltered: also messages without a filter value.</summary>
    public bool MatchUnfiltered { get; init; }

    /// <summary>x-cancel-on-ha-failover: it is cancelled, rather than started again, when the queue goes on elsewhere.</summary>
    public bool CancelsOnFailover { get; init; }

    /// <summary>Whether a consumer may be started with these arguments on a queue of this type; texts are RabbitMQ's.</summary>
    /// <param name="key">The queue.</param>
    /// <param name="type">Its type.</param>
    /// <param name="arguments">Those of the consumer.</param>
    /// <param name="keepsHistory">A consumer with an offset reads what the queue keeps of its past.</param>
    public static Refusal? Check(QueueKey key, QueueType type, ArgumentTable arguments, bool keepsHistory = false)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var readsHistory = keepsHistory && arguments.ContainsKey(OffsetName);
        foreach (var (name, value) in arguments)
        {
            if (readsHistory && !IsOf(QueueType.Stream, name))
            {
                return QueueArguments.Invalid(name, key, $"not for a consumer with '{OffsetName}'");
            }

            if (!readsHistory && !IsOf(type, name))
            {
                return new Refusal(RefusalReason.PreconditionFailed, $"invalid arg '{name}' for {key} of queue type {QueueArguments.ModuleOf(type)}");
            }

            if (CheckValue(name, value) is { } error)
            {
                return QueueArguments.Invalid(name, key, error);
            }
        }

        return null;
    }

    /// <summary>Reads arguments that have been checked; what cannot be used counts as not given.</summary>
    public static ConsumerArguments Of(ArgumentTable arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return new ConsumerArguments
        {
            Priority = arguments.TryGetValue(PriorityName, out var priority) && priority.TryGetInt64(out var level)
                ? (int)Math.Clamp(level, int.MinValue, int.MaxValue)
                : 0,
            Timeout = arguments.TryGetValue(TimeoutName, out var timeout) && timeout.TryGetInt64(out var time) && time >= 0 ? time : null,
            CancelsOnFailover = arguments.TryGetValue(CancelOnFailover, out var cancels) && cancels.TryGetBoolean(out var isCancelled) && isCancelled,
            Offset = arguments.TryGetValue(OffsetName, out var start) && TryParseOffset(start, out var offset) ? offset : default,
            Filter = arguments.TryGetValue(FilterName, out var filter) ? FilterValues(filter) : null,
            MatchUnfiltered = arguments.TryGetValue(MatchUnfilteredName, out var unfiltered) && unfiltered.TryGetBoolean(out var match) && match,
        };
    }

    private static bool IsOf(QueueType type, string name) => name switch
    {
        PriorityName or TimeoutName => type != QueueType.Stream,
        OffsetName or FilterName or MatchUnfilteredName => type == QueueType.Stream,
        _ => true,
    };

    private static string? CheckValue(string name, ArgumentValue value) => name switch
    {
        PriorityName => QueueArgumentCheck.Integer(value),
        TimeoutName => QueueArgumentCheck.NonNegative(value),
        CancelOnFailover => QueueArgumentCheck.Boolean(value),
        OffsetName when !TryParseOffset(value, out _) =>
            $"{{invalid_stream_offset_arg,{{{value.Kind.TypeName()},{ArgumentText.Term(value)}}}}}",
        _ => null,
    };

    private static bool TryParseOffset(ArgumentValue value, out StreamOffset offset)
    {
        offset = default;
        if (value.TryGetInt64(out var number))
        {
            offset = new StreamOffset(StreamStart.Offset, number);
            return number >= 0;
        }

        if (value.Kind == ArgumentKind.Timestamp)
        {
            offset = new StreamOffset(StreamStart.Timestamp, (long)Math.Min(value.AsTimestamp(), long.MaxValue / 1000) * 1000);
            return true;
        }

        if (!value.TryGetString(out var word))
        {
            return false;
        }

        if (word is "first" or "last" or "next")
        {
            offset = new StreamOffset(word switch { "first" => StreamStart.First, "last" => StreamStart.Last, _ => StreamStart.Next }, 0);
            return true;
        }

        if (!Age.TryParse(word, out var age))
        {
            return false;
        }

        offset = new StreamOffset(StreamStart.Interval, age);
        return true;
    }

    private static List<string>? FilterValues(ArgumentValue filter)
    {
        if (filter.TryGetString(out var single))
        {
            return [single];
        }

        if (filter.Kind != ArgumentKind.Array)
        {
            return null;
        }

        List<string> values = [];
        foreach (var item in filter.AsArray())
        {
            if (item.TryGetString(out var value))
            {
                values.Add(value);
            }
        }

        return values;
    }
}
