using ActorBroker.Broker.Forwarding;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Readers;

/// <summary>
/// Publishes what it reads elsewhere. It begins to read once the destination turns out to be there, and hears of each
/// message when every queue that it goes to has confirmed it, or what became of it instead.
/// </summary>
internal abstract class RepublishingActor : QueueReaderActor
{
    private readonly MessageForwarder _forwarder;
    private bool _isTargetFound;

    /// <param name="replay">What is published, and where.</param>
    /// <param name="requester">Who asked.</param>
    /// <param name="whenStopped">What the requester hears when the queue's actor stops meanwhile.</param>
    /// <param name="services">The node.</param>
    protected RepublishingActor(ReplayMessages replay, IActorRef requester, string whenStopped, ForwardingServices services)
        : base(requester, whenStopped)
    {
        Replay = replay;
        Services = services;
        Target = new ReplayTarget(replay, services);
        _forwarder = new MessageForwarder(
            replay.Queue.VirtualHost, services, Context, (message, outcome) => OnForwarded((ReplayedMessage)message, outcome));
    }

    /// <summary>What is published, and where.</summary>
    protected ReplayMessages Replay { get; }

    /// <summary>The node.</summary>
    protected ForwardingServices Services { get; }

    /// <summary>Where it goes.</summary>
    protected ReplayTarget Target { get; }

    /// <summary>Bytes of messages that have been sent, and of which nothing was heard.</summary>
    protected long BytesUnderWay => _forwarder.BytesUnderWay;

    /// <inheritdoc/>
    protected sealed override void PreStart()
    {
        StartTicks();
        Proceed();
    }

    /// <inheritdoc/>
    protected override bool OnMessage(object message) => _forwarder.OnMessage(Sender, message);

    /// <inheritdoc/>
    protected override void OnTick() => _forwarder.OnTimer();

    /// <inheritdoc/>
    protected sealed override void Proceed()
    {
        if (!_isTargetFound && Refusal is null)
        {
            FindTarget();
        }

        _forwarder.Flush();
        ProceedReading();
    }

    /// <summary>Takes a message that is to be published; it leaves when all that came by the same message has been taken.</summary>
    protected void Publish(ReplayedMessage message) => _forwarder.Forward(message);

    /// <summary>The destination is there.</summary>
    protected abstract void BeginReading();

    /// <summary>Reads on as far as it can, and ends when there is nothing more to do; called after each message.</summary>
    protected abstract void ProceedReading();

    /// <summary>What became of a message.</summary>
    protected abstract void OnForwarded(ReplayedMessage message, ForwardOutcome outcome);

    private void FindTarget()
    {
        var found = Target.Find(Self, out var refusal);
        if (refusal is not null)
        {
            Conclude(refusal);
        }
        else if (found is true)
        {
            _isTargetFound = true;
            BeginReading();
        }
    }
}
