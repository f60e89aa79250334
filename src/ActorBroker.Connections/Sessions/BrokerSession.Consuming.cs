using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Telemetry;
using ActorBroker.Core.Access;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Connections.Sessions;

/// <content>Consumers, gets and settlements.</content>
public sealed partial class BrokerSession
{
    private readonly Dictionary<int, SessionConsumer> _consumers = [];
    private readonly List<QueueLink> _settledLinks = [];

    /// <inheritdoc/>
    public void StartConsumer(string queue, int consumerId, SessionChannel channel, ConsumerSettings settings, Action<Refusal?> reply) =>
        Permit(ToQueue(AccessRight.Read, queue), reply, () => Start(queue, consumerId, channel, settings, reply));

    private void Start(string queue, int consumerId, SessionChannel channel, ConsumerSettings settings, Action<Refusal?> reply)
    {
        EndOfRead();
        WithQueue(
            queue,
            link =>
            {
                var consumer = new SessionConsumer(consumerId, link, settings, channel)
                {
                    Starting = reply,
                    StartingSince = _services.Clock.GetTimestamp(),
                };
                _consumers[consumerId] = consumer;
                StartAt(link, consumer);
            },
            reply);
    }

    private void OnStarting(SessionConsumer consumer, Action<Refusal?> reply, Refusal? refusal)
    {
        consumer.Starting = null;
        if (refusal is not null)
        {
            _consumers.Remove(consumer.Id);
        }
        else
        {
            TellStarted(consumer);
        }

        reply(refusal);
    }

    /// <inheritdoc/>
    public void StopConsumer(int consumerId, Action reply)
    {
        if (!_consumers.TryGetValue(consumerId, out var consumer) || consumer.Link.Actor is not { } queue)
        {
            if (_consumers.Remove(consumerId, out consumer))
            {
                TellStopped(consumer);
            }

            _replies.Close(consumerId, _services.PublishWindowBytes);

            // The caller expects its answer later, never from inside the call.
            Later(reply);
            return;
        }

        // As in RabbitMQ, what its prefetch has room for now is delivered to it before it ends.
        FlushSettlements();
        consumer.IsStopped = true;
        var id = _requests.Add(
            _ =>
            {
                TellStopped(consumer);
                reply();
            },
            queue);
        queue.Tell(new StopConsumer(id, consumerId), _self);
    }

    /// <inheritdoc/>
    public void CloseConsumer(int consumerId)
    {
        if (_replies.Close(consumerId, _services.PublishWindowBytes))
        {
            return;
        }

        if (_consumers.Remove(consumerId, out var consumer))
        {
            TellStopped(consumer);

            // What it settled before comes first.
            FlushSettlements();
            consumer.Link.Actor?.Tell(new CloseConsumer(consumerId), _self);
        }
    }

    /// <inheritdoc/>
    public void SetConsumerActive(int consumerId, bool active)
    {
        if (_consumers.TryGetValue(consumerId, out var consumer))
        {
            FlushSettlements();
            consumer.IsActive = active;
            consumer.Link.Actor?.Tell(new SetConsumerActive(consumerId, active), _self);
        }
    }

    /// <inheritdoc/>
    public void Get(string queue, int consumerId, bool noAck, Action<GetReply> reply) => Permit(
        ToQueue(AccessRight.Read, queue),
        refusal => reply(new GetReply(refusal, null, 0)),
        () =>
        {
            EndOfRead();
            Get(queue, consumerId, noAck, _services.Clock.GetTimestamp(), reply);
        });

    // When the queue's actor ends before it answers, its next incarnation is asked: what the first may have taken out for
    // this get is there again.
    private void Get(string queue, int consumerId, bool noAck, long since, Action<GetReply> reply) => WithQueue(
        queue,
        link =>
        {
            _consumers.TryAdd(consumerId, new SessionConsumer(consumerId, link, settings: null));
            var getter = _consumers[consumerId];
            getter.Link = link;
            var id = _requests.Add(
                answer =>
                {
                    if (answer is QueueLost && _services.Clock.GetElapsedTime(since) < _services.AnswerTimeout)
                    {
                        Get(queue, consumerId, noAck, since, reply);
                        return;
                    }

                    reply(answer switch
                    {
                        MessageTaken { Segment: { } segment } taken =>
                            new GetReply(null, getter.Positions.Shown(segment), taken.MessagesLeft),
                        MessageTaken taken => new GetReply(null, null, taken.MessagesLeft),
                        QueueAnswered answered => new GetReply(answered.Refusal, null, 0),
                        _ => new GetReply(Overdue($"Queue '{queue}'"), null, 0),
                    });
                },
                link.Actor);
            link.Actor!.Tell(new GetMessage(id, consumerId, noAck), _self);
        },
        refusal => reply(new GetReply(refusal, null, 0)));

    /// <inheritdoc/>
    public void Settle(int consumerId, SettleOutcome outcome, PositionRange positions)
    {
        if (!_consumers.TryGetValue(consumerId, out var consumer))
        {
            return;
        }

        TellSettled(consumer, outcome, positions);
        if (consumer.Link.Actor is null || !consumer.Positions.TryTranslate(ref positions))
        {
            return;
        }

        var settlements = consumer.Link.Settlements;
        if (settlements.Count == 0)
        {
            _settledLinks.Add(consumer.Link);
        }
        else if (settlements[^1] is var last && last.ConsumerId == consumerId && last.Outcome == outcome && last.Positions.End == positions.First)
        {
            settlements[^1] = last with { Positions = last.Positions with { Count = last.Positions.Count + positions.Count } };
            return;
        }

        settlements.Add(new Settlement(consumerId, outcome, positions));
    }

    /// <inheritdoc/>
    public void GrantCredit(int consumerId, int bytes)
    {
        if (_replies.Grant(consumerId, bytes, _services.PublishWindowBytes))
        {
            return;
        }

        if (_consumers.TryGetValue(consumerId, out var consumer))
        {
            consumer.Link.Actor?.Tell(new GrantCredit(consumerId, bytes), _self);
        }
    }

    private void StartAt(QueueLink link, SessionConsumer consumer)
    {
        var queue = link.Actor;
        var id = _requests.Add(
            answer =>
            {
                if (answer is QueueLost)
                {
                    // It starts at the next incarnation, unless there have been too many.
                    if (consumer.Starting is { } reply && _services.Clock.GetElapsedTime(consumer.StartingSince) >= _services.AnswerTimeout)
                    {
                        OnStarting(consumer, reply, Overdue($"Queue '{link.Queue}'"));
                    }

                    return;
                }

                if (answer is ConsumerStarted { StreamOffset: { } offset })
                {
                    consumer.Positions.StartAt(offset);
                }
                else if (answer is null)
                {
                    // It may start yet, and would then deliver to nobody.
                    link.Actor?.Tell(new CloseConsumer(consumer.Id), _self);
                }

                OnStartAnswered(consumer, queue, answer switch
                {
                    ConsumerStarted => null,
                    QueueAnswered answered => answered.Refusal,
                    _ => Overdue($"Queue '{link.Queue}'"),
                });
            },
            queue);
        queue!.Tell(new StartConsumer(id, consumer.Id, consumer.SettingsToStart, Origin()), _self);
        if (!consumer.IsActive)
        {
            queue.Tell(new SetConsumerActive(consumer.Id, Active: false), _self);
        }
    }

    private void OnStartAnswered(SessionConsumer consumer, IActorRef? queue, Refusal? refusal)
    {
        if (consumer.Starting is { } reply)
        {
            OnStarting(consumer, reply, refusal);
        }
        else if (refusal is not null && consumer.Link.Actor == queue)
        {
            OnCancelled(new ConsumerCancelled(consumer.Id));
        }
    }

    private void FlushSettlements()
    {
        foreach (var link in _settledLinks)
        {
            if (link.Settlements.Count > 0)
            {
                link.Actor?.Tell(new SettleMessages(link.TakeSettlements()), _self);
            }
        }

        _settledLinks.Clear();
    }

    private void OnDeliver(IActorRef queue, DeliverMessages deliver)
    {
        if (_consumers.TryGetValue(deliver.ConsumerId, out var consumer) && queue.Equals(consumer.Link.Actor))
        {
            consumer.Positions.Show(deliver.Segments);
            if (BrokerTraces.IsOn)
            {
                TellDelivered(consumer, deliver.Segments);
            }

            Listener.OnDeliveries(deliver.ConsumerId, deliver.Segments);
        }
    }

    private void OnCancelled(ConsumerCancelled cancelled)
    {
        if (_consumers.Remove(cancelled.ConsumerId, out var consumer) && !consumer.IsStopped)
        {
            TellStopped(consumer);
            Listener.OnConsumerCancelled(cancelled.ConsumerId);
        }
    }

    private void OnTimedOut(ConsumerTimedOut timedOut)
    {
        // It stays until its channel closes it: the queue is told then, and has its messages back.
        if (_consumers.ContainsKey(timedOut.ConsumerId))
        {
            Listener.OnConsumerTimedOut(timedOut.ConsumerId, timedOut.TimeoutMs);
        }
    }
}
