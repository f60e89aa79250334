using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues;

/// <summary>Which kind of queue (x-queue-type).</summary>
public enum QueueType : byte
{
    /// <summary>RabbitMQ's ordinary queue.</summary>
    Classic = 0,

    /// <summary>Durable, with limits to redelivery, counted returns and 32 priorities.</summary>
    Quorum = 1,

    /// <summary>A log that is read by offset and not consumed.</summary>
    Stream = 2,
}

/// <summary>What happens when a queue is full (x-overflow).</summary>
public enum QueueOverflow : byte
{
    /// <summary>The oldest messages leave.</summary>
    DropHead = 0,

    /// <summary>New messages are refused: <c>basic.nack</c> where confirms are on.</summary>
    RejectPublish = 1,

    /// <summary>As <see cref="RejectPublish"/>, and what is refused is dead-lettered.</summary>
    RejectPublishDeadLetter = 2,
}

/// <summary>What may be lost on the way to the dead letter exchange (x-dead-letter-strategy).</summary>
public enum DeadLetterStrategy : byte
{
    /// <summary>The message leaves the queue as it is handed over.</summary>
    AtMostOnce = 0,

    /// <summary>The message leaves the queue when all targets have confirmed it.</summary>
    AtLeastOnce = 1,
}

/// <summary>Which returned messages wait before they are ready again (x-delayed-retry-type).</summary>
public enum DelayedRetryType : byte
{
    /// <summary>None.</summary>
    Disabled = 0,

    /// <summary>All.</summary>
    All = 1,

    /// <summary>Those whose delivery count went up.</summary>
    Failed = 2,

    /// <summary>Those whose delivery count did not go up.</summary>
    Returned = 3,
}

/// <summary>How long returned messages wait (x-delayed-retry-*); times in milliseconds.</summary>
/// <param name="Type">Which of them.</param>
/// <param name="Min">The first wait.</param>
/// <param name="Max">The longest wait.</param>
/// <param name="Backoff">
/// Null: min × count, as in RabbitMQ. Else the factor of an exponential back-off, min × factor^(count − 1).
/// </param>
public sealed record DelayedRetry(DelayedRetryType Type, long Min, long Max, double? Backoff);

/// <summary>Which messages are duplicates (x-message-deduplication).</summary>
/// <param name="Header">The header with the message's identity; <c>x-deduplication-header</c> unless declared otherwise.</param>
/// <param name="CacheSize">How many identities are remembered; null for as many as messages are in the queue.</param>
/// <param name="CacheTtl">How long one is remembered, in milliseconds; null for ever.</param>
public sealed record Deduplication(string Header, long? CacheSize, long? CacheTtl);

/// <summary>
/// What a queue does, from its arguments and the policies that match it, checked and in force. Times in milliseconds;
/// null where there is no limit.
/// </summary>
public sealed record QueueSettings
{
    /// <summary>The settings of a classic queue without arguments.</summary>
    public static QueueSettings Default { get; } = new();

    /// <summary>x-queue-type.</summary>
    public QueueType Type { get; init; }

    /// <summary>x-message-ttl: how long a message may wait.</summary>
    public long? MessageTtl { get; init; }

    /// <summary>x-expires: how long the queue may be unused before it is deleted.</summary>
    public long? Expires { get; init; }

    /// <summary>x-max-length: most ready messages.</summary>
    public long? MaxLength { get; init; }

    /// <summary>x-max-length-bytes: most bytes of ready messages' bodies.</summary>
    public long? MaxLengthBytes { get; init; }

    /// <summary>x-overflow.</summary>
    public QueueOverflow Overflow { get; init; }

    /// <summary>x-dead-letter-exchange; null for none, empty for the default exchange.</summary>
    public string? DeadLetterExchange { get; init; }

    /// <summary>x-dead-letter-routing-key; null for the message's own.</summary>
    public string? DeadLetterRoutingKey { get; init; }

    /// <summary>x-dead-letter-strategy.</summary>
    public DeadLetterStrategy DeadLetterStrategy { get; init; }

    /// <summary>x-max-priority; 0 for a queue without priorities. A quorum queue has 31.</summary>
    public int MaxPriority { get; init; }

    /// <summary>Priority of messages that have none.</summary>
    public int DefaultPriority { get; init; }

    /// <summary>x-single-active-consumer.</summary>
    public bool SingleActiveConsumer { get; init; }

    /// <summary>x-delivery-limit: most failed deliveries of a message.</summary>
    public int? DeliveryLimit { get; init; }

    /// <summary>x-delayed-retry-*; null when returned messages are ready at once.</summary>
    public DelayedRetry? DelayedRetry { get; init; }

    /// <summary>x-consumer-timeout: how long a consumer may hold a message; null for the broker's default.</summary>
    public long? ConsumerTimeout { get; init; }

    /// <summary>x-message-group-header: the header whose values name groups that go to one consumer each.</summary>
    public string? GroupHeader { get; init; }

    /// <summary>x-fair-header: the header among whose values deliveries are shared out fairly.</summary>
    public string? FairHeader { get; init; }

    /// <summary>x-message-deduplication; null when duplicates are messages like others.</summary>
    public Deduplication? Deduplication { get; init; }

    /// <summary>
    /// Set for the stage of an exchange, which clients don't see: when a message becomes due it is given up, by
    /// <see cref="DeathReason.Expired"/>, to <see cref="DeadLetterExchange"/>, which is the exchange itself. What a
    /// history holds is never due, whatever lifetime a message has.
    /// </summary>
    public Stage? Stage { get; init; }

    /// <summary>x-retention: how much of what was consumed is kept; null for nothing.</summary>
    public Retention? Retention { get; init; }

    /// <summary>How long messages are kept that may be kept longer than they are in the queue; null where age does not matter.</summary>
    public long? KeptFor => Type == QueueType.Stream ? MaxAge : Retention?.Age;

    /// <summary>x-max-age of a stream.</summary>
    public long? MaxAge { get; init; }

    /// <summary>x-stream-max-segment-size-bytes.</summary>
    public long StreamSegmentBytes { get; init; } = 500_000_000;

    /// <summary>x-stream-filter-size-bytes.</summary>
    public int StreamFilterBytes { get; init; } = 16;
}
