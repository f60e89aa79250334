using ActorBroker.Broker.DeadLetters;
using ActorBroker.Core.Messages;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <content>Messages that the queue gives up: a child publishes them, and says when they have arrived.</content>
public sealed partial class QueueActor
{
    private QueueDeadLetters? _deadLetters;

    void IQueueWork.GiveUp(DeadLetterSegment[] segments)
    {
        _deadLetters ??= new QueueDeadLetters(_settings.Forwarding, Context);
        _deadLetters.Give(_key, _queue!.Settings, segments);
    }

    private void OnDeadLettersDone(DeadLettersDone done)
    {
        foreach (var positions in done.Positions)
        {
            _queue!.DeadLettersDone(positions);
        }
    }

    private void OnDeadLettersInterrupted(IActorRef actor)
    {
        if (_deadLetters?.OnTerminated(actor) is true && _life == QueueLife.Live)
        {
            _queue!.DeadLettersInterrupted();
        }
    }
}
