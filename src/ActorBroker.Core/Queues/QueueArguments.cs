using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Queues;

/// <summary>
/// The arguments that a queue may be declared with: which types of queue have which, and what their values must be.
/// An argument that no type has is nobody's business and kept as it is.
/// </summary>
public static class QueueArguments
{
    /// <summary>Classic, quorum or stream.</summary>
    public const string QueueType = "x-queue-type";

    /// <summary>
    /// True: if the queue exists with other arguments, it is to have these from now on. An instruction and no property
    /// of the queue, so it is not kept.
    /// </summary>
    public const string AllowRedefine = "x-allow-redefine";

    /// <summary>How much of what was consumed is kept.</summary>
    public const string Retention = "x-retention";

    private static readonly Func<ArgumentValue, string?> LeaderLocator =
        QueueArgumentCheck.OneOf("invalid_queue_locator_arg", "client-local", "balanced", "random", "least-leaders");

    // In the order in which RabbitMQ checks and compares them; those that only this broker has come last.
    private static readonly QueueArgument[] All =
    [
        Of("x-expires", QueueArgumentCheck.Expiry, Queues.QueueType.Classic, Queues.QueueType.Quorum),
        Of("x-message-ttl", QueueArgumentCheck.TimeToLive, Queues.QueueType.Classic, Queues.QueueType.Quorum),
        Of("x-dead-letter-exchange", QueueArgumentCheck.Text, Queues.QueueType.Classic, Queues.QueueType.Quorum),
        Of("x-dead-letter-routing-key", QueueArgumentCheck.Text, Queues.QueueType.Classic, Queues.QueueType.Quorum)
            with { Needs = "x-dead-letter-exchange", NeedsError = "routing_key_but_no_dlx_defined" },
        Of("x-dead-letter-strategy", QueueArgumentCheck.OneOf("invalid_dlx_strategy", "at-most-once", "at-least-once"), Queues.QueueType.Quorum),
        Of("x-max-length", QueueArgumentCheck.NonNegative, Queues.QueueType.Classic, Queues.QueueType.Quorum),
        Of("x-max-length-bytes", QueueArgumentCheck.NonNegative, Queues.QueueType.Classic, Queues.QueueType.Quorum, Queues.QueueType.Stream),
        Of("x-max-in-memory-length", QueueArgumentCheck.NonNegative, Queues.QueueType.Quorum),
        Of("x-max-in-memory-bytes", QueueArgumentCheck.NonNegative, Queues.QueueType.Quorum),
        Of("x-max-priority", QueueArgumentCheck.ClassicPriority, Queues.QueueType.Classic),
        Of("x-max-priority", QueueArgumentCheck.QuorumPriority, Queues.QueueType.Quorum),
        Of("x-overflow", QueueArgumentCheck.OneOf("invalid_overflow", "drop-head", "reject-publish", "reject-publish-dlx"), Queues.QueueType.Classic, Queues.QueueType.Quorum),
        Of("x-queue-mode", QueueArgumentCheck.Mode, Queues.QueueType.Classic),
        Of("x-queue-version", QueueArgumentCheck.Version, Queues.QueueType.Classic),
        Of("x-single-active-consumer", QueueArgumentCheck.Boolean, Queues.QueueType.Classic, Queues.QueueType.Quorum),
        Of("x-consumer-timeout", QueueArgumentCheck.NonNegative, Queues.QueueType.Classic, Queues.QueueType.Quorum),
        Of("x-consumer-disconnected-timeout", QueueArgumentCheck.NonNegative, Queues.QueueType.Quorum),
        Of(QueueType, QueueArgumentCheck.Type, Queues.QueueType.Classic, Queues.QueueType.Quorum, Queues.QueueType.Stream),
        Of("x-quorum-initial-group-size", QueueArgumentCheck.Positive, Queues.QueueType.Quorum),
        Of("x-delivery-limit", QueueArgumentCheck.Integer, Queues.QueueType.Quorum),
        Of("x-delayed-retry-type", QueueArgumentCheck.OneOf("invalid_delayed_retry_type", "disabled", "all", "failed", "returned"), Queues.QueueType.Quorum),
        Of("x-delayed-retry-min", QueueArgumentCheck.Positive, Queues.QueueType.Quorum),
        Of("x-delayed-retry-max", QueueArgumentCheck.Positive, Queues.QueueType.Quorum),
        Of("x-max-age", QueueArgumentCheck.MaxAge, Queues.QueueType.Stream),
        Of("x-stream-max-segment-size-bytes", QueueArgumentCheck.NonNegative, Queues.QueueType.Stream),
        Of("x-stream-filter-size-bytes", QueueArgumentCheck.NonNegative, Queues.QueueType.Stream),
        Of("x-initial-cluster-size", QueueArgumentCheck.Positive, Queues.QueueType.Stream),
        Of("x-queue-master-locator", QueueArgumentCheck.Text, Queues.QueueType.Classic),
        Of("x-queue-leader-locator", LeaderLocator, Queues.QueueType.Classic, Queues.QueueType.Quorum, Queues.QueueType.Stream),
        Of("x-member-placement-tag", QueueArgumentCheck.PlacementTag, Queues.QueueType.Quorum),
        Of("x-delayed-retry-backoff", QueueArgumentCheck.Backoff, Queues.QueueType.Quorum),
        Of("x-message-deduplication", QueueArgumentCheck.Switch, Queues.QueueType.Classic, Queues.QueueType.Quorum),
        Of("x-cache-size", QueueArgumentCheck.Positive, Queues.QueueType.Classic, Queues.QueueType.Quorum),
        Of("x-cache-ttl", QueueArgumentCheck.Expiry, Queues.QueueType.Classic, Queues.QueueType.Quorum),
        Of("x-deduplication-header", QueueArgumentCheck.Header, Queues.QueueType.Classic, Queues.QueueType.Quorum),
        Of("x-message-group-header", QueueArgumentCheck.Header, Queues.QueueType.Classic, Queues.QueueType.Quorum),
        Of("x-fair-header", QueueArgumentCheck.Header, Queues.QueueType.Classic, Queues.QueueType.Quorum),
        Of(Retention, QueueArgumentCheck.Retention, Queues.QueueType.Classic, Queues.QueueType.Quorum),
        Of(AllowRedefine, QueueArgumentCheck.Boolean, Queues.QueueType.Classic, Queues.QueueType.Quorum, Queues.QueueType.Stream),
    ];

    private static readonly HashSet<string> Known = All.Select(argument => argument.Name).ToHashSet(StringComparer.Ordinal);

    private static readonly QueueArgument[][] OfTypes =
        [.. Enum.GetValues<QueueType>().Select(type => All.Where(argument => argument.Types.Contains(type)).ToArray())];

    /// <summary>The type that the arguments name; null when they name none, or none that there is.</summary>
    public static QueueType? TypeOf(ArgumentTable arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return arguments.TryGetValue(QueueType, out var value) && value.TryGetString(out var word) && TryParseType(word, out var type) ? type : null;
    }

    /// <summary>The type of this name, as in <c>x-queue-type</c>.</summary>
    public static bool TryParseType(string word, out QueueType type)
    {
        type = word switch
        {
            "quorum" => Queues.QueueType.Quorum,
            "stream" => Queues.QueueType.Stream,
            _ => Queues.QueueType.Classic,
        };
        return type != Queues.QueueType.Classic || word == "classic";
    }

    /// <summary>The type's name, as in <c>x-queue-type</c>.</summary>
    public static string Word(this QueueType type) => type switch
    {
        Queues.QueueType.Quorum => "quorum",
        Queues.QueueType.Stream => "stream",
        _ => "classic",
    };

    /// <summary>The names of the arguments that a type has, in the order in which they are compared.</summary>
    internal static IEnumerable<string> NamesOf(QueueType type) => OfTypes[(int)type].Select(argument => argument.Name);

    /// <summary>RabbitMQ's name for the implementation of a type, which its error texts show.</summary>
    internal static string ModuleOf(QueueType type) => $"rabbit_{type.Word()}_queue";

    /// <summary>The first argument that has a wrong value, or that this type has not, in RabbitMQ's order and words.</summary>
    internal static Refusal? Check(QueueKey key, ArgumentTable arguments)
    {
        if (arguments.TryGetValue(QueueType, out var named) && QueueArgumentCheck.Type(named) is { } unknown)
        {
            return Invalid(QueueType, key, unknown);
        }

        var type = TypeOf(arguments) ?? Queues.QueueType.Classic;
        var ofType = OfTypes[(int)type];
        foreach (var argument in ofType)
        {
            if (arguments.TryGetValue(argument.Name, out var value) && argument.Check(value, arguments) is { } error)
            {
                return Invalid(argument.Name, key, error);
            }
        }

        foreach (var (name, _) in arguments)
        {
            if (Known.Contains(name) && !Array.Exists(ofType, argument => argument.Name == name))
            {
                return new Refusal(RefusalReason.PreconditionFailed, $"invalid arg '{name}' for {key} of queue type {ModuleOf(type)}");
            }
        }

        return null;
    }

    internal static Refusal Invalid(string name, QueueKey key, string error) =>
        new(RefusalReason.PreconditionFailed, $"invalid arg '{name}' for {key}: {error}");

    private static QueueArgument Of(string name, Func<ArgumentValue, string?> check, params QueueType[] types) => new(name, check, types);

    /// <summary>One argument as some types have it.</summary>
    private sealed record QueueArgument(string Name, Func<ArgumentValue, string?> ValueCheck, QueueType[] Types)
    {
        /// <summary>Another argument that must be there too.</summary>
        public string? Needs { get; init; }

        /// <summary>The error when it is not.</summary>
        public string? NeedsError { get; init; }

        public string? Check(ArgumentValue value, ArgumentTable arguments) =>
            ValueCheck(value) ?? (Needs is null || arguments.ContainsKey(Needs) ? null : NeedsError);
    }
}
