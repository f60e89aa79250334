using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Sessions;

/// <content>Consumers whose queue's actor was lost, or may have lost what it was told.</content>
public sealed partial class BrokerSession
{
    // The queue's actor is gone but its consumers were not cancelled: they go on at its next incarnation, to which what
    // they held unsettled has come back.
    private void RestartConsumers(QueueLink link, bool isFailover)
    {
        foreach (var consumer in _consumers.Values.Where(consumer => consumer.Link == link).ToArray())
        {
            consumer.Positions.Begin();
            if (consumer.Settings is null)
            {
                // A getter starts nothing; it is kept to know old positions from new ones.
                continue;
            }

            if (consumer.IsStopped)
            {
                _consumers.Remove(consumer.Id);
                continue;
            }

            if (isFailover && EndsByFailover(consumer))
            {
                OnCancelled(new ConsumerCancelled(consumer.Id));
                continue;
            }

            WithQueue(link.Queue, found => Restart(found, consumer), refusal => OnNotRestarted(consumer, refusal));
        }
    }

    private void OnNotRestarted(SessionConsumer consumer, Refusal refusal)
    {
        if (consumer.Starting is { } reply && _consumers.ContainsKey(consumer.Id))
        {
            OnStarting(consumer, reply, refusal);
        }
        else
        {
            OnCancelled(new ConsumerCancelled(consumer.Id));
        }
    }

    private void Restart(QueueLink link, SessionConsumer consumer)
    {
        if (!_consumers.ContainsKey(consumer.Id))
        {
            return;
        }

        if (link.HasMoved && EndsByFailover(consumer))
        {
            OnCancelled(new ConsumerCancelled(consumer.Id));
            return;
        }

        consumer.Link = link;
        StartAt(link, consumer);
    }

    private static bool EndsByFailover(SessionConsumer consumer) =>
        consumer.Starting is null && ConsumerArguments.Of(consumer.Settings!.Arguments).CancelsOnFailover;
}
