using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Queues;

/// <summary>The rules of declaring, and of who may use a queue. Texts are RabbitMQ's.</summary>
public static class QueueDeclaration
{
    private const string QueueType = "x-queue-type";

    // RabbitMQ promises something for each of these; a queue that kept them silently and did nothing would lie.
    private static readonly HashSet<string> LaterArguments = new(StringComparer.Ordinal)
    {
        "x-message-ttl", "x-expires", "x-max-length", "x-max-length-bytes", "x-overflow",
        "x-dead-letter-exchange", "x-dead-letter-routing-key", "x-dead-letter-strategy",
        "x-max-priority", "x-single-active-consumer", "x-delivery-limit",
        "x-delayed-retry-type", "x-delayed-retry-min", "x-delayed-retry-max",
        "x-consumer-timeout", "x-consumer-disconnected-timeout",
        "x-queue-mode", "x-queue-version", "x-queue-master-locator", "x-queue-leader-locator", "x-ha-policy",
        "x-quorum-initial-group-size", "x-initial-cluster-size", "x-member-placement-tag",
        "x-max-age", "x-stream-max-segment-size-bytes", "x-stream-filter-size-bytes",
        "x-message-deduplication", "x-cache-size", "x-cache-ttl", "x-deduplication-header",
    };

    private static readonly HashSet<string> LaterConsumerArguments = new(StringComparer.Ordinal)
    {
        "x-priority", "x-stream-offset", "x-stream-filter", "x-stream-match-unfiltered", "x-consumer-timeout",
    };

    /// <summary>Whether a queue may be created as this.</summary>
    public static Refusal? Check(QueueKey key, QueueDefinition definition)
    {
        foreach (var (name, value) in definition.Arguments)
        {
            if (LaterArguments.Contains(name))
            {
                return NotYet(name, key);
            }

            if (name == QueueType && CheckType(key, value) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>Whether a consumer may be started with these arguments.</summary>
    public static Refusal? CheckConsumer(QueueKey key, ArgumentTable arguments)
    {
        foreach (var (name, _) in arguments)
        {
            if (LaterConsumerArguments.Contains(name))
            {
                return NotYet(name, key);
            }
        }

        return null;
    }

    /// <summary>Whether an existing queue is what a client declares now.</summary>
    public static Refusal? CheckEquivalence(QueueKey key, QueueDefinition existing, QueueDefinition declared)
    {
        if (existing.Exclusive != declared.Exclusive)
        {
            return Locked(key);
        }

        return Inequivalent("durable", existing.Durable, declared.Durable)
            ?? Inequivalent("auto_delete", existing.AutoDelete, declared.AutoDelete)
            ?? CheckDeclaredType();

        Refusal? Inequivalent(string argument, bool current, bool received) =>
            current == received ? null : new Refusal(
                RefusalReason.PreconditionFailed,
                $"inequivalent arg '{argument}' for {key}: received '{Word(received)}' but current is '{Word(current)}'");

        // Of the arguments that a queue can have so far only its type means anything, and there is one type.
        Refusal? CheckDeclaredType() => Check(key, declared);
    }

    /// <summary>The queue belongs to another connection.</summary>
    public static Refusal Locked(QueueKey key) => new(
        RefusalReason.ResourceLocked,
        $"cannot obtain exclusive access to locked {key}. It could be originally declared on another connection or "
        + "the exclusive property value does not match that of the original declaration.");

    /// <summary>No such queue.</summary>
    public static Refusal NotFound(QueueKey key) => new(RefusalReason.NotFound, $"no {key}");

    private static Refusal? CheckType(QueueKey key, ArgumentValue type)
    {
        if (type.Kind != ArgumentKind.LongString)
        {
            return new Refusal(RefusalReason.PreconditionFailed, $"invalid arg '{QueueType}' for {key}: {{unacceptable_type,{type.Kind}}}");
        }

        return type.AsString() switch
        {
            "classic" => null,
            "quorum" or "stream" => NotYet($"{QueueType}={type.AsString()}", key),
            var other => new Refusal(RefusalReason.PreconditionFailed, $"invalid arg '{QueueType}' for {key}: \"unsupported queue type '{other}'\""),
        };
    }

    private static Refusal NotYet(string argument, QueueKey key) =>
        new(RefusalReason.NotImplemented, $"argument '{argument}' of {key} is not supported by this version");

    private static string Word(bool value) => value ? "true" : "false";
}
