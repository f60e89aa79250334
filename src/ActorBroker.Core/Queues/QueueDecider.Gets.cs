using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues;

/// <content>Messages that are asked for one by one.</content>
public sealed partial class QueueDecider
{
    private readonly record struct WaitingGet(ConsumerKey Getter, bool NoAck, long RequestId);

    /// <summary>Takes one message for a getter; answered by <see cref="IQueueEffects.GetAnswered"/>, at once or when it is read back.</summary>
    public void Take(ConsumerKey key, long requestId, bool noAck)
    {
        _waitingGets.Enqueue(new WaitingGet(key, noAck, requestId));
        AnswerGets();
        AfterDrain();
    }

    private void AnswerGets()
    {
        while (_waitingGets.TryPeek(out var get))
        {
            if (!_ready.TrySelect(get.Getter))
            {
                _waitingGets.Dequeue();
                _counters?.GetEmpty += 1;
                _effects.GetAnswered(get.Getter, get.RequestId, segment: null, 0);
                continue;
            }

            if (Locate(get.Getter) is not { } batch)
            {
                if (!_ready.TrySelect(get.Getter))
                {
                    continue;
                }

                break;
            }

            _waitingGets.Dequeue();
            var count = RunLength(batch, 1, out var redelivered);
            LimitByWindow(batch, count, long.MaxValue, out var bytes);
            var segment = TakeRun(batch, count, bytes, redelivered, get.NoAck ? null : get.Getter);
            HandOver(get.NoAck ? null : GetterOf(get.Getter), segment);
            CountGot(get.NoAck, segment);
            _effects.GetAnswered(get.Getter, get.RequestId, segment, _ready.Count);
        }
    }

    private QueueConsumer GetterOf(ConsumerKey key)
    {
        if (_roster.Find(key) is not { } getter)
        {
            getter = new QueueConsumer(key, settings: null);
            _roster.Add(getter);
        }

        return getter;
    }

    private void ForgetGets(Predicate<ConsumerKey> isGone)
    {
        for (var i = _waitingGets.Count; i > 0; i--)
        {
            var get = _waitingGets.Dequeue();
            if (!isGone(get.Getter))
            {
                _waitingGets.Enqueue(get);
            }
        }
    }
}
