using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <content>
/// What happens because time passes: the rules are told the time with every message, and by one timer when something is
/// due although nothing comes. A queue that may not be unused for long is deleted when it was; a restart counts as use.
/// </content>
public sealed partial class QueueActor
{
    // A timer holds no more; what is due later is looked at again then.
    private const long LongestTimerMs = 1_000_000_000;

    private const long LeftoverBytes = 1 << 20;
    private const long LeftoverEvents = 64;

    private static readonly TimeSpan TidyUpInterval = TimeSpan.FromSeconds(10);

    private long _dueAt = long.MaxValue;
    private long _expiryAt = long.MaxValue;
    private long _lastUsed;

    private long Now => _settings.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private void AdvanceTime()
    {
        if (_life != QueueLife.Live)
        {
            return;
        }

        // Until now: what is about to be handled, or a time-out, may end the last consumer.
        if (_queue!.ConsumerCount > 0)
        {
            Use();
        }

        _queue.AdvanceTo(Now);
    }

    private void ScheduleDue()
    {
        if (_queue!.NextDue is { } due)
        {
            Schedule(DueTick.Instance, due, ref _dueAt);
        }

        if (_queue.ConsumerCount == 0 && _queue.Settings.Expires is { } lifetime)
        {
            Schedule(ExpiryTick.Instance, _lastUsed + lifetime, ref _expiryAt);
        }
    }

    private void Schedule(object tick, long at, ref long scheduledFor)
    {
        if (at < scheduledFor)
        {
            scheduledFor = at;
            Timers.StartSingleTimer(tick, tick, TimeSpan.FromMilliseconds(Math.Clamp(at - Now, 0, LongestTimerMs)));
        }
    }

    // The rules have been told the time already, as with any message.
    private void OnDueTick()
    {
        _dueAt = long.MaxValue;
        if (HasForgotten(_trimmedTo))
        {
            KeepJournalShort(isDue: true);
        }
    }

    private void OnExpiryTick()
    {
        _expiryAt = long.MaxValue;
        if (_queue!.Settings.Expires is { } lifetime && _queue.ConsumerCount == 0 && _lastUsed + lifetime <= Now)
        {
            BeginDelete(requester: null, requestId: 0, new Origin(string.Empty, "expired", _settings.Clock.GetUtcNow()));
        }
    }

    // What was consumed last would stay in the journal until something else is written.
    private void ScheduleTidyUp()
    {
        if (HasLeftovers && !Timers.IsTimerActive(TidyUpTick.Instance))
        {
            Timers.StartSingleTimer(TidyUpTick.Instance, TidyUpTick.Instance, TidyUpInterval);
        }
    }

    private bool HasLeftovers =>
        _life == QueueLife.Live
        && _queue!.FirstLiveSequenceNr == long.MaxValue
        && (_bytesSinceTrim >= LeftoverBytes || LastSequenceNr - _trimmedTo >= LeftoverEvents);

    private void Use() => _lastUsed = Now;

    private sealed record DueTick : INoSerializationVerificationNeeded
    {
        public static DueTick Instance { get; } = new();
    }

    private sealed record TidyUpTick : INoSerializationVerificationNeeded
    {
        public static TidyUpTick Instance { get; } = new();
    }

    private sealed record ExpiryTick : INoSerializationVerificationNeeded
    {
        public static ExpiryTick Instance { get; } = new();
    }
}
