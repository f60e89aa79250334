namespace ActorBroker.Core.Sessions;

/// <summary>Why the broker refused an operation. A protocol maps each to its own code (AMQP 0-9-1: 403, 404, 405, 406, 530, 540, 541).</summary>
public enum RefusalReason : byte
{
    /// <summary>The entity does not exist.</summary>
    NotFound = 1,

    /// <summary>The entity exists with other properties, or a condition such as if-unused does not hold.</summary>
    PreconditionFailed = 2,

    /// <summary>The name is reserved, the entity internal, or the user lacks the permission.</summary>
    AccessRefused = 3,

    /// <summary>The queue is exclusive to another connection.</summary>
    ResourceLocked = 4,

    /// <summary>The broker's rules forbid it altogether.</summary>
    NotAllowed = 5,

    /// <summary>A feature that this version does not have.</summary>
    NotImplemented = 6,

    /// <summary>The broker could not do it now: a failed write, an unreachable entity. Trying again may succeed.</summary>
    Unavailable = 7,

    /// <summary>What the entity is cannot be read from the journal: it is not served until someone repairs that.</summary>
    Damaged = 8,

    /// <summary>
    /// Whoever was at it ended before it was done: the entity moves to another node, or its journal cannot write for now.
    /// Nobody is the worse for it: whoever asked may ask again, and is to do so for as long as its client can wait.
    /// </summary>
    Interrupted = 9,
}

/// <summary>A refusal with the text for the client, in RabbitMQ's words and without the code's name in front.</summary>
public sealed record Refusal(RefusalReason Reason, string Text);
