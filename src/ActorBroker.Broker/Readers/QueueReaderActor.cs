using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Readers;

/// <summary>
/// The frame of a child of a queue's actor that reads what the queue has, for one who asked. Its requester hears what it
/// has come to once, whatever ends it: its work, the queue (<see cref="EndReading"/>), its own failure, or the end of the
/// queue's actor.
/// </summary>
/// <param name="requester">Who asked.</param>
/// <param name="whenStopped">What the requester hears when the queue's actor stops meanwhile.</param>
internal abstract class QueueReaderActor(IActorRef requester, string whenStopped) : UntypedActor, IWithTimers
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Who hears of it.</summary>
    protected IActorRef Requester { get; set; } = requester;

    /// <summary>Why it could not do what it was asked to; null while nothing is in its way.</summary>
    protected Refusal? Refusal { get; private set; }

    /// <summary>The requester has heard what it has come to.</summary>
    protected bool HasEnded { get; private set; }

    /// <inheritdoc/>
    protected override void PostRestart(Exception reason)
    {
        // Told by the one before.
        HasEnded = true;
        Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        if (!HasEnded)
        {
            Conclude(new Refusal(RefusalReason.Unavailable, whenStopped));
            TellEnd();
        }
    }

    /// <inheritdoc/>
    protected sealed override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick:
                OnTick();
                break;
            case EndReading end:
                OnQueueEnds(end.Reason);
                break;
            default:
                if (!OnMessage(message))
                {
                    Unhandled(message);
                }

                break;
        }

        if (!HasEnded)
        {
            Proceed();
        }
    }

    /// <summary>Something of its own; false when it is for somebody else.</summary>
    protected abstract bool OnMessage(object message);

    /// <summary>Goes on as far as it can, until it has ended; called after each message.</summary>
    protected abstract void Proceed();

    /// <summary>Tells the requester what it has come to, in the queue's name. Called once.</summary>
    protected abstract void Answer();

    /// <summary>Called every 200 ms from <see cref="StartTicks"/> on.</summary>
    protected virtual void OnTick()
    {
    }

    /// <summary>Nothing more comes from the queue.</summary>
    protected virtual void OnQueueEnds(Refusal reason) => Conclude(reason);

    /// <summary>It cannot do what it was asked to; the first reason counts.</summary>
    protected virtual void Conclude(Refusal refusal) => Refusal ??= refusal;

    protected void StartTicks() => Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TickInterval);

    protected void StopTicks() => Timers.Cancel(Tick.Instance);

    /// <summary>It has come to something; it may stay for those who ask what that was.</summary>
    protected void TellEnd()
    {
        if (!HasEnded)
        {
            HasEnded = true;
            Answer();
        }
    }

    /// <summary>It has come to something, and goes.</summary>
    protected void End()
    {
        TellEnd();
        Context.Stop(Self);
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}
