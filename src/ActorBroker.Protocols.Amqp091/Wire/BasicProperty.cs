namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// The properties of the basic class in their order on the wire: the first has the highest bit of the flags (AMQP 0-9-1 §1.8.2).
/// </summary>
public enum BasicProperty
{
    ContentType = 0,
    ContentEncoding = 1,
    Headers = 2,
    DeliveryMode = 3,
    Priority = 4,
    CorrelationId = 5,
    ReplyTo = 6,
    Expiration = 7,
    MessageId = 8,
    Timestamp = 9,
    Type = 10,
    UserId = 11,
    AppId = 12,

    /// <summary>Reserved since 0-9, still sent by some clients.</summary>
    ClusterId = 13,
}
