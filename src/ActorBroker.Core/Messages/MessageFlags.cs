namespace ActorBroker.Core.Messages;

/// <summary>What a queue must know of a message without reading its properties. Persisted: numbers never change.</summary>
[Flags]
public enum MessageFlags : byte
{
    /// <summary>A transient message that asks for nothing.</summary>
    None = 0,

    /// <summary>Survives a restart when its queue is durable (AMQP delivery-mode 2).</summary>
    Persistent = 1,

    /// <summary>It has a lifetime of its own: <see cref="IMessageFormat.ReadExpiration"/> says which.</summary>
    Expires = 2,

    /// <summary>Its properties have headers.</summary>
    HasHeaders = 4,

    /// <summary>The priority was given; without, a queue takes its own default.</summary>
    HasPriority = 8,
}

/// <summary>The encoding of a message's properties: the protocol that it arrived by. Persisted: numbers never change.</summary>
public enum MessageFormat : byte
{
    /// <summary>Property flags and property list of an AMQP 0-9-1 content header (§4.2.6.1).</summary>
    Amqp091 = 0,

    /// <summary>
    /// All properties and headers as one <see cref="Arguments.ArgumentTable"/>, in the form of
    /// <see cref="Arguments.ArgumentTableCodec"/>, headers under the name <c>headers</c>: on the way
    /// between a client that is an actor system itself and its session; in no queue and no journal.
    /// </summary>
    Table = 255,
}
