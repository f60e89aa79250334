namespace ActorBroker.Core.Queues;

/// <content>The settings of a live queue change.</content>
public sealed partial class QueueDecider
{
    /// <inheritdoc/>
    public void Apply(QueueSettings settings) => Settings = settings;
}
