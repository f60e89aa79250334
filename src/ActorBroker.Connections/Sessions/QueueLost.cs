namespace ActorBroker.Connections.Sessions;

/// <summary>In place of an answer: the queue's actor ended before it gave one. Its next incarnation may be asked.</summary>
internal sealed class QueueLost
{
    public static QueueLost Instance { get; } = new();
}
