using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues;

/// <content>
/// Consumers that hold a message for too long. Looked at now and then rather than noted with each delivery: what a
/// consumer holds that it did not hold at the last look counts from this look on, so that a time-out comes some looks
/// late and never early.
/// </content>
public sealed partial class QueueDecider
{
    private const long LookIntervalMaxMs = 60_000;
    private const long LookIntervalMinMs = 100;
    private const int LooksPerTimeout = 10;

    private long _nextLook = long.MaxValue;

    private long? TimeoutOf(QueueConsumer consumer) => consumer.Timeout ?? Settings.ConsumerTimeout;

    private void ScheduleLook()
    {
        if (_nextLook == long.MaxValue && UnsettledCount > 0)
        {
            var shortest = _roster.All.Min(TimeoutOf);
            _nextLook = shortest is { } timeout ? Now + LookIntervalFor(timeout) : long.MaxValue;
        }
    }

    private static long LookIntervalFor(long timeout) => Math.Clamp(timeout / LooksPerTimeout, LookIntervalMinMs, LookIntervalMaxMs);

    private void LookForTimeouts()
    {
        if (_nextLook > Now)
        {
            return;
        }

        _nextLook = long.MaxValue;
        foreach (var consumer in _roster.All.ToArray())
        {
            if (TimeoutOf(consumer) is { } timeout && consumer.HeldSince.Look(consumer.Unsettled, Now, LookIntervalFor(timeout)) <= Now - timeout)
            {
                TimeOut(consumer, timeout);
            }
        }
    }

    // As RabbitMQ: a quorum queue takes the messages back from the consumer (since 4.3), another has the channel closed.
    private void TimeOut(QueueConsumer consumer, long timeout)
    {
        if (IsQuorum)
        {
            if (!consumer.IsStopped)
            {
                _effects.ConsumerCancelled(consumer.Key);
            }

            Close(consumer, failed: false);
        }
        else if (!consumer.IsTimedOut)
        {
            consumer.IsTimedOut = true;
            _effects.ConsumerTimedOut(consumer.Key, timeout);
        }
    }
}
