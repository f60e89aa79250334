using ActorBroker.Core.Arguments;

namespace ActorBroker.Core.Queues;

/// <summary>
/// What a queue does, from its arguments and the policy in force. Where both say something: limits are the lower of the
/// two, a classic or quorum queue's own dead-lettering goes before the policy's, and a policy goes before what else a
/// quorum queue or stream was declared with, all as in RabbitMQ. Never throws: what cannot be used counts as not given.
/// </summary>
public static class QueueSettingsResolver
{
    private const string Prefix = "x-";
    private const int DeliveryLimitDefault = 20;
    private const int QuorumPriorityMax = 31;
    private const int QuorumPriorityDefault = 4;

    /// <summary>The settings in force.</summary>
    /// <param name="arguments">As declared, checked.</param>
    /// <param name="policy">What policy and operator policy come to, by the names of policy keys.</param>
    public static QueueSettings Resolve(ArgumentTable arguments, ArgumentTable policy)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(policy);
        var source = new Source(arguments, policy);
        return (QueueArguments.TypeOf(arguments) ?? QueueType.Classic) switch
        {
            QueueType.Stream => Stream(source),
            QueueType.Quorum => Quorum(source),
            _ => Classic(source),
        };
    }

    private static QueueSettings Classic(Source source)
    {
        var priority = source.Argument("max-priority");
        return Common(source) with
        {
            Type = QueueType.Classic,
            Overflow = OverflowOf(source.TextOfArgument("overflow")) ?? OverflowOf(source.TextOfPolicy("overflow")) ?? QueueOverflow.DropHead,
            MaxPriority = priority is { } most ? (int)Math.Clamp(most, 1, 255) : 0,
        };
    }

    private static QueueSettings Quorum(Source source)
    {
        var overflow = OverflowOf(source.TextOfPolicy("overflow")) ?? OverflowOf(source.TextOfArgument("overflow")) ?? QueueOverflow.DropHead;
        if (overflow == QueueOverflow.RejectPublishDeadLetter)
        {
            overflow = QueueOverflow.DropHead;
        }

        var priority = source.Argument("max-priority") is { } most ? (int)Math.Clamp(most, 0, QuorumPriorityMax) : QuorumPriorityMax;
        var strategy = source.TextOfArgument("dead-letter-strategy") ?? source.TextOfPolicy("dead-letter-strategy");
        var common = Common(source);
        return common with
        {
            Type = QueueType.Quorum,
            Overflow = overflow,
            MaxPriority = priority,
            DefaultPriority = Math.Min(QuorumPriorityDefault, priority),
            DeadLetterStrategy = strategy == "at-least-once" && overflow == QueueOverflow.RejectPublish && common.DeadLetterExchange is not null
                ? DeadLetterStrategy.AtLeastOnce
                : DeadLetterStrategy.AtMostOnce,
            DeliveryLimit = DeliveryLimit(source),
            DelayedRetry = DelayedRetryOf(source),
        };
    }

    private static QueueSettings Stream(Source source)
    {
        var settings = new QueueSettings
        {
            Type = QueueType.Stream,
            MaxLengthBytes = source.Policy("max-length-bytes") ?? source.Argument("max-length-bytes"),
            MaxAge = AgeOf(source.TextOfPolicy("max-age")) ?? AgeOf(source.TextOfArgument("max-age")),
        };
        return settings with
        {
            StreamSegmentBytes = source.Policy("stream-max-segment-size-bytes") ?? source.Argument("stream-max-segment-size-bytes") ?? settings.StreamSegmentBytes,
            StreamFilterBytes = (int?)(source.Policy("stream-filter-size-bytes") ?? source.Argument("stream-filter-size-bytes")) ?? settings.StreamFilterBytes,
        };
    }

    private static QueueSettings Common(Source source)
    {
        var exchange = source.TextOfArgument("dead-letter-exchange") ?? source.TextOfPolicy("dead-letter-exchange");
        return new QueueSettings
        {
            Expires = source.Lower("expires"),
            MessageTtl = source.Lower("message-ttl"),
            DeadLetterExchange = exchange,
            DeadLetterRoutingKey = exchange is null ? null : source.TextOfArgument("dead-letter-routing-key") ?? source.TextOfPolicy("dead-letter-routing-key"),
            MaxLength = source.Lower("max-length"),
            MaxLengthBytes = source.Lower("max-length-bytes"),
            SingleActiveConsumer = source.IsOn("single-active-consumer"),
            ConsumerTimeout = source.Lower("consumer-timeout"),
            Retention = RetentionOf(source),
            GroupHeader = source.TextOfArgument("message-group-header"),
            FairHeader = source.TextOfArgument("fair-header"),
            Deduplication = source.IsOn("message-deduplication")
                ? new Deduplication(source.TextOfArgument("deduplication-header") ?? "x-deduplication-header", source.Argument("cache-size"), source.Argument("cache-ttl"))
                : null,
        };
    }

    // Negative is without limit: of two, one with a limit goes before one without.
    private static int? DeliveryLimit(Source source)
    {
        var limit = (source.SignedPolicy("delivery-limit"), source.SignedArgument("delivery-limit")) switch
        {
            ({ } policy, { } argument) when policy < 0 || argument < 0 => Math.Max(policy, argument),
            ({ } policy, { } argument) => Math.Min(policy, argument),
            var (policy, argument) => policy ?? argument ?? DeliveryLimitDefault,
        };
        return limit < 0 ? null : (int)Math.Min(limit, int.MaxValue);
    }

    private static DelayedRetry? DelayedRetryOf(Source source)
    {
        DelayedRetryType? type = (source.TextOfPolicy("delayed-retry-type") ?? source.TextOfArgument("delayed-retry-type")) switch
        {
            "all" => DelayedRetryType.All,
            "failed" => DelayedRetryType.Failed,
            "returned" => DelayedRetryType.Returned,
            _ => null,
        };
        if (type is null || source.Lower("delayed-retry-min") is not (> 0 and { } min))
        {
            return null;
        }

        var max = Math.Max(min, source.Lower("delayed-retry-max") ?? min);
        return new DelayedRetry(type.Value, min, max, source.Number("delayed-retry-backoff"));
    }

    private static Retention? RetentionOf(Source source) =>
        (RetentionOf(source.TextOfPolicy("retention")), RetentionOf(source.TextOfArgument("retention"))) switch
        {
            ({ } policy, { } argument) => Retention.Lower(policy, argument),
            var (policy, argument) => policy ?? argument,
        };

    private static Retention? RetentionOf(string? text) => text is not null && Retention.TryParse(text, out var retention) ? retention : null;

    private static QueueOverflow? OverflowOf(string? word) => word switch
    {
        "drop-head" => QueueOverflow.DropHead,
        "reject-publish" => QueueOverflow.RejectPublish,
        "reject-publish-dlx" => QueueOverflow.RejectPublishDeadLetter,
        _ => null,
    };

    private static long? AgeOf(string? text) => text is not null && Age.TryParse(text, out var age) ? age : null;

    /// <summary>Both tables under the names of policy keys.</summary>
    private readonly struct Source(ArgumentTable arguments, ArgumentTable policy)
    {
        public long? Argument(string name) => NonNegative(SignedArgument(name));

        public long? Policy(string name) => NonNegative(SignedPolicy(name));

        public long? SignedArgument(string name) => Integer(arguments, Prefix + name);

        public long? SignedPolicy(string name) => Integer(policy, name);

        public long? Lower(string name) => (Policy(name), Argument(name)) switch
        {
            ({ } ofPolicy, { } ofArgument) => Math.Min(ofPolicy, ofArgument),
            var (ofPolicy, ofArgument) => ofPolicy ?? ofArgument,
        };

        public string? TextOfArgument(string name) => Text(arguments, Prefix + name);

        public string? TextOfPolicy(string name) => Text(policy, name);

        public bool IsOn(string name) =>
            arguments.TryGetValue(Prefix + name, out var value) && ((value.TryGetBoolean(out var isOn) && isOn) || (value.TryGetString(out var word) && word == "true"));

        public double? Number(string name) => Number(policy, name) ?? Number(arguments, Prefix + name);

        private static long? NonNegative(long? value) => value >= 0 ? value : null;

        private static long? Integer(ArgumentTable table, string name) =>
            table.TryGetValue(name, out var value) && value.TryGetInt64(out var integer) ? integer : null;

        private static string? Text(ArgumentTable table, string name) =>
            table.TryGetValue(name, out var value) && value.TryGetString(out var text) ? text : null;

        private static double? Number(ArgumentTable table, string name) =>
            table.TryGetValue(name, out var value) && QueueArgumentCheck.TryGetNumber(value, out var number) && number >= 1 ? number : null;
    }
}
