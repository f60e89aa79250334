using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;

namespace ActorBroker.Contracts.Queues;

/// <summary>The journal of a queue.</summary>
public abstract record QueueEvent : IJournalEvent
{
    private protected QueueEvent()
    {
    }
}

/// <summary>The queue exists from here on.</summary>
public sealed record QueueDeclared(QueueKey Queue, QueueDefinition Definition, Origin Origin) : QueueEvent
{
    /// <summary>Tells this queue from any other that has had its name; 0 for one of a version that gave none.</summary>
    public long Declaration { get; init; }
}

/// <summary>The queue has another definition from here on: a client that may have changed it.</summary>
public sealed record QueueRedefined(QueueDefinition Definition, Origin Origin) : QueueEvent;

/// <summary>Policies say this of the queue from here on.</summary>
public sealed record QueuePolicyApplied(EffectivePolicy Policy) : QueueEvent;

/// <summary>The queue and all that it held is gone.</summary>
public sealed record QueueDeleted(Origin Origin) : QueueEvent;

/// <summary>An exchange may have bindings to this queue from here on.</summary>
public sealed record BindingSourceAdded(string Exchange) : QueueEvent;

/// <summary>Someone removed all ready messages, or some of them by their positions.</summary>
public sealed record MessagesPurged(PositionRange[] Positions, Origin Origin) : QueueEvent;

/// <summary>Messages came and went.</summary>
/// <param name="At">When the write began, Unix time in milliseconds.</param>
/// <param name="Write">What came and went.</param>
public sealed record MessagesWritten(long At, QueueWrite Write) : QueueEvent
{
    /// <summary>
    /// Positions whose messages this event held and holds no more: their bytes were damaged. Of a whole event that
    /// cannot be trusted, what its bytes seem to say.
    /// </summary>
    public PositionRange[] Lost { get; init; } = [];

    /// <summary>
    /// The queue is not durable, so that its next incarnation deletes what this one wrote. False of what a version wrote
    /// that did not say so.
    /// </summary>
    public bool IsOfTransientQueue { get; init; }

    /// <summary>What is wrong with the event's bytes as they were read, with the readable rest in <see cref="Write"/>; null when nothing is. Never written.</summary>
    public string? Damage { get; init; }
}

/// <summary>
/// A queue's index without any body: with the events after it, all that recovery needs before the first answer.
/// </summary>
/// <param name="Queue">Its name, since the entity id may be a hash.</param>
/// <param name="Definition">Null when the queue did not exist at that point.</param>
/// <param name="Policy">What policies say of it.</param>
/// <param name="BindingSources">Exchanges that may have bindings to it.</param>
/// <param name="Index">Where its messages are.</param>
public sealed record QueueSnapshot(
    QueueKey Queue,
    QueueDefinition? Definition,
    EffectivePolicy Policy,
    string[] BindingSources,
    QueueIndex Index) : IJournalEvent
{
    /// <summary>As <see cref="QueueDeclared.Declaration"/>.</summary>
    public long Declaration { get; init; }

    /// <summary>Who has declared it; empty where that is not known.</summary>
    public string DeclaredBy { get; init; } = string.Empty;
}
