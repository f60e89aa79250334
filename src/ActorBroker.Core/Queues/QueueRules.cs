using ActorBroker.Core.Messages;
using ActorBroker.Core.Streams;

namespace ActorBroker.Core.Queues;

/// <summary>Which rules a queue has by its type.</summary>
public static class QueueRules
{
    /// <summary>The rules of a queue without messages; the parameters are those of <see cref="QueueDecider(bool, QueueSettings, QueueMemoryLimits, MessageFormats, long, IQueueEffects)"/>.</summary>
    public static IQueueRules Create(
        bool durable, QueueSettings settings, QueueMemoryLimits limits, MessageFormats formats, long now, IQueueEffects effects) =>
        settings.Type == QueueType.Stream
            ? new StreamDecider(settings, limits, formats, now, effects)
            : new QueueDecider(durable, settings, limits, formats, now, effects);
}
