using Akka.Actor;

namespace ActorBroker.Broker.Events;

/// <summary>
/// Stands before an actor that is slower than those who cause events: lets so many through that it has not taken yet, and
/// drops and counts the rest. A client that opens and closes channels as fast as it can causes millions a second.
/// </summary>
internal sealed class EventGate(IActorRef actor, int waitingMax) : MinimalActorRef
{
    private int _waiting;
    private long _dropped;

    public override ActorPath Path { get; } = actor.Path / "gate";

    public override IActorRefProvider Provider { get; } = ((IInternalActorRef)actor).Provider;

    /// <summary>Some were dropped that <see cref="TakeDropped"/> has not told yet.</summary>
    public bool HasDropped => Volatile.Read(ref _dropped) > 0;

    /// <summary>The actor has taken one that was let through.</summary>
    public void Took() => Interlocked.Decrement(ref _waiting);

    /// <summary>One more is dropped, for the actor's own reasons.</summary>
    public void Drop() => Interlocked.Increment(ref _dropped);

    /// <summary>How many were dropped since the last time.</summary>
    public long TakeDropped() => Interlocked.Exchange(ref _dropped, 0);

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (Interlocked.Increment(ref _waiting) > waitingMax)
        {
            Interlocked.Decrement(ref _waiting);
            Drop();
        }
        else
        {
            actor.Tell(message, sender);
        }
    }
}
