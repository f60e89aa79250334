using System.Globalization;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Policies;

/// <summary>
/// The keys that a policy's definition may have: which values they take, which types of queue they mean something to,
/// and what a policy's and an operator policy's value come to. Texts are RabbitMQ's.
/// </summary>
public static class PolicyKeys
{
    private const string RetentionKey = "retention";
    private const long SegmentBytesMax = 3_000_000_000;

    private static readonly QueueType[] None = [];
    private static readonly QueueType[] NotStream = [QueueType.Stream];
    private static readonly QueueType[] OnlyClassic = [QueueType.Quorum, QueueType.Stream];
    private static readonly QueueType[] OnlyQuorum = [QueueType.Classic, QueueType.Stream];
    private static readonly QueueType[] OnlyStream = [QueueType.Classic, QueueType.Quorum];

    private static readonly Dictionary<string, PolicyKey> Known = new PolicyKey[]
    {
        Text("alternate-exchange", "alternate exchange name", None),
        Integer("consumer-disconnected-timeout", "consumer disconnected timeout", None, 0),
        Integer("consumer-timeout", "consumer timeout", None, 0),
        Text("dead-letter-exchange", "dead letter exchange name", NotStream),
        Text("dead-letter-routing-key", "dead letter routing key", NotStream),
        Words("dead-letter-strategy", "dead letter strategy", OnlyQuorum, "at-most-once", "at-least-once"),
        Integer("message-ttl", "message TTL", NotStream, 0) with { Operator = Lower },
        Integer("expires", "queue expiry", NotStream, 1) with { Operator = Lower },
        Integer("max-length", "maximum length", NotStream, 0) with { Operator = Lower },
        Integer("max-length-bytes", "maximum length in bytes", None, 0) with { Operator = Lower },
        Integer("max-in-memory-length", "maximum memory in bytes", OnlyQuorum, 0) with { Operator = Lower },
        Integer("max-in-memory-bytes", "maximum memory in bytes", OnlyQuorum, 0) with { Operator = Lower },
        Words("queue-mode", "queue-mode value", OnlyClassic, "default", "lazy"),
        Integer("queue-version", "queue-version value", None, 1, 2) with { Operator = Operators },
        Words("overflow", "overflow value", NotStream, "drop-head", "reject-publish", "reject-publish-dlx") with { Operator = Operators },
        Integer("delivery-limit", "delivery limit", OnlyQuorum, long.MinValue) with { Operator = DeliveryLimit },
        new("max-age", "~ is not a valid max age", value => value.TryGetString(out var age) && Age.TryParse(age, out _), OnlyStream),
        new(RetentionKey, "~ is not a valid retention", value => RetentionOf(value) is not null, NotStream) { IsText = true, Operator = Operators },
        Words("queue-leader-locator", "queue leader locator value", None, "client-local", "balanced", "random", "least-leaders"),
        Integer("initial-cluster-size", "cluster size", OnlyStream, 0),
        Integer("stream-max-segment-size-bytes", "segment size", OnlyStream, 0, SegmentBytesMax),
        Integer("stream-filter-size-bytes", "filter size. Valid range is 16-255", None, 16, 255),
        Integer("target-group-size", "qq target count value", OnlyQuorum, 1) with { Operator = Higher },
        Text("member-placement-tag", "member-placement-tag value. Must be a non-empty string", None) with { Operator = Operators },
        Words("delayed-retry-type", "delayed retry type. Must be one of: all, failed, returned, disabled", None, "all", "failed", "returned", "disabled")
            with { Operator = Operators },
        Integer("delayed-retry-min", "delayed retry minimum delay. Must be a positive integer", None, 1) with { Operator = Higher },
        Integer("delayed-retry-max", "delayed retry maximum delay. Must be a positive integer", None, 1) with { Operator = Lower },
        new("delayed-retry-backoff", "~ is not a valid delayed retry backoff", value => QueueArgumentCheck.Backoff(value) is null, None) { Operator = Operators },
        Words("queue-master-locator", "master locator", OnlyClassic, "client-local", "balanced", "random", "least-leaders", "min-masters")
            with { Operator = Operators },

        // Mirrored queues are no more, in RabbitMQ either: a policy that asks for them still applies for the rest of it.
        Ignored("ha-mode"),
        Ignored("ha-params"),
        Ignored("ha-sync-mode"),
        Ignored("ha-sync-batch-size"),
        Ignored("ha-promote-on-shutdown"),
        Ignored("ha-promote-on-failure"),
    }.ToDictionary(key => key.Name, StringComparer.Ordinal);

    /// <summary>
    /// A value that was written as text, such as in a configuration file: a number where the key takes one and the text
    /// is one.
    /// </summary>
    public static ArgumentValue Parse(string key, string text)
    {
        if (!Known.TryGetValue(key, out var known) || known.IsText)
        {
            return ArgumentValue.FromString(text);
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
        {
            return ArgumentValue.FromInt64(integer);
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? ArgumentValue.FromDouble(number)
            : ArgumentValue.FromString(text);
    }

    /// <summary>What is wrong with a definition, or null.</summary>
    internal static string? Check(ArgumentTable definition, bool isOperator)
    {
        if (definition.Count == 0)
        {
            return "no policy provided";
        }

        var unknown = new ArgumentTable.Builder();
        foreach (var (name, value) in definition.Sorted())
        {
            if (!Known.TryGetValue(name, out var key) || (isOperator && key.Operator is null))
            {
                unknown.Add(name, value);
            }
            else if (!key.IsValid(value))
            {
                return key.Error.Replace("~", ArgumentText.Term(value), StringComparison.Ordinal);
            }
        }

        return unknown.Count > 0 ? $"{Pairs(unknown.Build())} are not recognised policy settings" : CheckDelayedRetry(definition);
    }

    /// <summary>A policy with a key that a type of queue does not have is not for queues of that type at all.</summary>
    internal static bool AreSupportedBy(QueueType type, ArgumentTable definition)
    {
        foreach (var (name, _) in definition)
        {
            if (Known.TryGetValue(name, out var key) && key.NotFor.Contains(type))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What a policy's and an operator policy's value of one key come to.</summary>
    internal static ArgumentValue Merge(string name, ArgumentValue policy, ArgumentValue operatorPolicy) =>
        RetentionKey == name && RetentionOf(policy) is { } kept && RetentionOf(operatorPolicy) is { } most ? ArgumentValue.FromString(Retention.Lower(kept, most).ToString())
            : Known.TryGetValue(name, out var key) && key.Operator is { } merge && policy.TryGetInt64(out var own) && operatorPolicy.TryGetInt64(out var limit)
            ? merge(own, limit) == own ? policy : operatorPolicy
            : operatorPolicy;

    private static string? CheckDelayedRetry(ArgumentTable definition)
    {
        var hasMin = definition.TryGetValue("delayed-retry-min", out var min);
        if (!hasMin && definition.TryGetValue("delayed-retry-type", out var type) && type.ToString() != "disabled")
        {
            return $"delayed-retry-min is required when delayed-retry-type is {type}";
        }

        return hasMin && definition.TryGetValue("delayed-retry-max", out var max) && max.AsInt64() < min.AsInt64()
            ? $"delayed-retry-max ({max}) must not be smaller than delayed-retry-min ({min})"
            : null;
    }

    private static Retention? RetentionOf(ArgumentValue value) =>
        value.TryGetString(out var text) && Retention.TryParse(text, out var retention) ? retention : null;

    private static string Pairs(ArgumentTable definition)
    {
        List<string> pairs = [];
        foreach (var (name, value) in definition)
        {
            pairs.Add($"{{<<\"{name}\">>,{ArgumentText.Term(value)}}}");
        }

        return $"[{string.Join(',', pairs)}]";
    }

    private static long Lower(long policy, long operatorPolicy) => Math.Min(policy, operatorPolicy);

    private static long Higher(long policy, long operatorPolicy) => Math.Max(policy, operatorPolicy);

    private static long Operators(long policy, long operatorPolicy) => operatorPolicy;

    // Negative is without limit: a limit goes before none.
    private static long DeliveryLimit(long policy, long operatorPolicy) =>
        policy < 0 || operatorPolicy < 0 ? Math.Max(policy, operatorPolicy) : Math.Min(policy, operatorPolicy);

    private static PolicyKey Text(string name, string what, QueueType[] notFor) => new(
        name, $"~ is not a valid {what}", value => value.Kind == ArgumentKind.LongString, notFor) { IsText = true };

    private static PolicyKey Words(string name, string what, QueueType[] notFor, params string[] words) => new(
        name, $"~ is not a valid {what}", value => value.TryGetString(out var word) && words.Contains(word, StringComparer.Ordinal), notFor) { IsText = true };

    private static PolicyKey Integer(string name, string what, QueueType[] notFor, long least, long most = long.MaxValue) => new(
        name, $"~ is not a valid {what}", value => value.TryGetInt64(out var number) && number >= least && number <= most, notFor);

    private static PolicyKey Ignored(string name) => new(name, string.Empty, _ => true, OnlyClassic);

    /// <summary>One key.</summary>
    /// <param name="Name">As in a definition.</param>
    /// <param name="Error">The text for a value that cannot be; ~ stands for the value.</param>
    /// <param name="IsValid">Whether a value can be.</param>
    /// <param name="NotFor">Types of queue that have no such setting.</param>
    private sealed record PolicyKey(string Name, string Error, Func<ArgumentValue, bool> IsValid, QueueType[] NotFor)
    {
        /// <summary>Null where operator policies have no such key; else what comes of two numbers.</summary>
        public Func<long, long, long>? Operator { get; init; }

        public bool IsText { get; init; }
    }
}
