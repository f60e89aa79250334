using ActorBroker.Broker.DeadLetters;
using ActorBroker.Core.Messages;

namespace ActorBroker.Broker.Queues;

/// <content>Messages that the queue gives up.</content>
public sealed partial class QueueActor
{
    // Nobody publishes them: they count as arrived.
    private void GiveUp(DeadLetterSegment[] segments) => Self.Tell(new DeadLettersDone(
        [.. segments.Select(static segment => new PositionRange(segment.Messages.FirstPosition, segment.Messages.Count))]), Self);

    private void OnDeadLettersDone(DeadLettersDone done)
    {
        foreach (var positions in done.Positions)
        {
            _queue!.DeadLettersDone(positions);
        }
    }
}
