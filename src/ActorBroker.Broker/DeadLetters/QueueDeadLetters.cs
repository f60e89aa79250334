using ActorBroker.Broker.Forwarding;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using Akka.Actor;

namespace ActorBroker.Broker.DeadLetters;

/// <summary>A queue's side of its <see cref="DeadLetterActor"/>: makes it when it is needed, and tells it what is new.</summary>
/// <param name="services">What it publishes by.</param>
/// <param name="context">The queue's, whose child it is.</param>
internal sealed class QueueDeadLetters(ForwardingServices services, IActorContext context)
{
    private IActorRef? _actor;
    private DeadLetterTarget? _target;

    /// <summary>Hands messages over; the queue's settings have a dead letter exchange.</summary>
    public void Give(QueueKey queue, QueueSettings settings, DeadLetterSegment[] segments)
    {
        Apply(settings);
        if (_actor is null)
        {
            _target = DeadLetterTarget.Of(settings);
            _actor = context.Watch(context.ActorOf(DeadLetterActor.Props(queue, _target!, services)));
        }

        _actor.Tell(new ForwardDeadLetters(segments));
    }

    /// <summary>
    /// The queue's settings are these from now on. Without a dead letter exchange nothing that is under way arrives any
    /// more: <see cref="OnTerminated"/> is then to come.
    /// </summary>
    public void Apply(QueueSettings settings)
    {
        var target = DeadLetterTarget.Of(settings);
        if (_actor is null || target == _target)
        {
            return;
        }

        _target = target;
        if (target is null)
        {
            context.Stop(_actor);
        }
        else
        {
            _actor.Tell(new SetDeadLetterTarget(target));
        }
    }

    /// <summary>True when it was the dead letter actor that terminated: what it had not reported is to be given again.</summary>
    public bool OnTerminated(IActorRef actor)
    {
        if (!actor.Equals(_actor))
        {
            return false;
        }

        _actor = null;
        _target = null;
        return true;
    }
}
