using ActorBroker.Contracts.Queues;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <content>
/// A durable queue that nobody is connected to leaves memory, when the journal has all of it. Whoever asks for the
/// queue's actor is watched from then on, so that no link is ever open to one that leaves; what comes by name while it
/// does goes to its next incarnation. <see cref="SleepingQueues"/> has its timers. One that does not exist leaves too.
/// </content>
public sealed partial class QueueActor
{
    // It is not worth it when something is due sooner.
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    // Since the last look, or the start: by anyone but who only wakes.
    private bool _isAddressed;

    // Since the last snapshot: which messages may have been delivered is in no event yet.
    private bool _hasDelivered;

    // Spread, so that queues that were left at the same time are not all written and stopped at the same time.
    private TimeSpan PassivateAfter => Options.PassivateAfter * (1 + ((uint)PersistenceId.GetHashCode(StringComparison.Ordinal) % 256 / 1024.0));

    private bool MayPassivate => Options.PassivateAfter > TimeSpan.Zero && IsJournaled && _connections.IsEmpty;

    private long NextTimer
    {
        get
        {
            var expiry = _queue!.Settings.Expires is { } lifetime ? _lastUsed + lifetime : long.MaxValue;
            return Math.Min(_queue.NextDue ?? long.MaxValue, expiry);
        }
    }

    private void ScheduleLook()
    {
        if (MayPassivate && !Timers.IsTimerActive(LookTick.Instance))
        {
            Timers.StartSingleTimer(LookTick.Instance, LookTick.Instance, PassivateAfter);
        }
    }

    // The last connection has left: its time begins now, whatever was before.
    private void RestartLook()
    {
        _isAddressed = false;
        Timers.Cancel(LookTick.Instance);
    }

    private void OnLookTick()
    {
        if (_isAddressed)
        {
            _isAddressed = false;
        }
        else
        {
            PassivateIfIdle();
        }
    }

    // Woken only for what may be due, which nothing is: it need not wait for its time to leave again.
    private void OnWake(WakeQueue wake)
    {
        Sender.Tell(new QueueWoken(wake.Queue));
        if (!_isAddressed)
        {
            PassivateIfIdle();
        }
    }

    private void PassivateIfIdle()
    {
        var mayLeave = MayPassivate && _awaitingWrite.Count == 0 && !_isSavingSnapshot && PoliciesOf(_key.VirtualHost) is not null
            && NextTimer - Now > ShortestSleep.TotalMilliseconds && _queue!.CanBeForgotten;
        var isSnapshotDue = mayLeave && ((_hasDelivered && _queue!.ReadyCount > 0) || HasForgotten(Math.Max(_trimmedTo, _snapshotFirstLive)));
        if (isSnapshotDue)
        {
            KeepJournalShort(isDue: true);
            Timers.StartSingleTimer(LookTick.Instance, LookTick.Instance, LookAgainAfter);
        }
        else if (mayLeave)
        {
            Passivate();
        }
    }

    private void Passivate()
    {
        if (NextTimer < long.MaxValue)
        {
            _settings.Sleeping.Add(_key, new QueueSleep(NextTimer, _lastUsed));
        }

        Timers.CancelAll();
        _queue = null;
        _life = QueueLife.Passivating;
        AskToLeave();
    }

    // The shard holds back what comes for this queue until it has stopped; what had come before goes the same way.
    private void OnPassivating(object message)
    {
        if (message is NamedQueueCommand named)
        {
            _settings.QueueRegion(Context.System).Forward(named);
        }
    }

    // The shard holds back what comes for this entity until it has stopped; what had come before goes the same way.
    private void OnLeaving(object message)
    {
        if (message is NamedQueueCommand named)
        {
            _settings.QueueRegion(Context.System).Forward(named);
        }
        else if (message is PublishBatch publish)
        {
            Sender.Tell(new PublishProgress(publish.LinkSequence, publish.LinkSequence));
        }
    }

    private void OnStopping(object message)
    {
        if (message is PublishBatch publish)
        {
            Sender.Tell(new PublishFailed(publish.LinkSequence, publish.LinkSequence));
        }
        else
        {
            OnLeaving(message);
        }
    }

    private void Leave()
    {
        if (AwaitReaders())
        {
            return;
        }

        Context.SetReceiveTimeout(null);
        _life = QueueLife.Leaving;
        AskToLeave();
        Stash.UnstashAll();
    }

    private void RecoverSleep()
    {
        if (_settings.Sleeping.Take(_key) is { } sleep)
        {
            _lastUsed = sleep.LastUsed;
        }
    }

    private sealed record LookTick : INoSerializationVerificationNeeded
    {
        public static LookTick Instance { get; } = new();
    }
}
