using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Client;

/// <content>
/// Subscriptions of others. Each start of one has a lease, the consumer's number in the session: tags carry it, so that a
/// settlement that comes after its session is known as one and passed over.
/// </content>
internal sealed partial class BrokerClientActor
{
    private readonly Dictionary<(IActorRef Subscriber, int ConsumerId), Subscription> _subscriptions = [];

    // Getters have leases too, without a subscription.
    private readonly Dictionary<int, Subscription?> _leases = [];
    private List<Settlement> _settlements = [];
    private int _lastLease;

    private sealed class Subscription(IActorRef subscriber, int consumerId, Subscribe? queue)
    {
        public IActorRef Subscriber { get; } = subscriber;

        public int ConsumerId { get; } = consumerId;

        /// <summary>Null for replies.</summary>
        public Subscribe? Queue { get; } = queue;

        /// <summary>0 while it is not started.</summary>
        public int Lease { get; set; }

        /// <summary>It only settles what it has.</summary>
        public bool IsStopped { get; set; }
    }

    private void OnSubscribe(Subscribe subscribe) => Add(new Subscription(Sender, subscribe.ConsumerId, subscribe));

    private void OnSubscribeToReplies(SubscribeToReplies replies) => Add(new Subscription(Sender, replies.ConsumerId, queue: null));

    private void Add(Subscription subscription)
    {
        if (_failure is not null || !_subscriptions.TryAdd((subscription.Subscriber, subscription.ConsumerId), subscription))
        {
            subscription.Subscriber.Tell(new SubscriptionEnded(
                subscription.ConsumerId, _failure ?? new Refusal(RefusalReason.NotAllowed, $"there is a consumer {subscription.ConsumerId} already")));
            return;
        }

        Context.Watch(subscription.Subscriber);
        if (IsOpen)
        {
            Start(subscription);
        }
    }

    private void StartSubscriptions()
    {
        foreach (var subscription in _subscriptions.Values.ToArray())
        {
            Start(subscription);
        }
    }

    private void Start(Subscription subscription)
    {
        var lease = ++_lastLease;
        subscription.Lease = lease;
        _leases.Add(lease, subscription);
        if (subscription.Queue is not { } queue)
        {
            Ask(number => new ClientOpenReplies(number, lease), answer => OnStarted(subscription, lease, (ClientAnswer)answer));
            return;
        }

        foreach (var declaration in queue.Declarations)
        {
            Ask(number => declaration with { RequestId = number }, answer =>
            {
                if (((ClientAnswer)answer).Refusal is not null)
                {
                    OnStarted(subscription, lease, (ClientAnswer)answer);
                }
            });
        }

        Ask(
            number => new ClientSubscribe(number, lease, queue.Queue, queue.Settings),
            answer => OnStarted(subscription, lease, (ClientAnswer)answer));
    }

    private void OnStarted(Subscription subscription, int lease, ClientAnswer answer)
    {
        if (subscription.Lease != lease)
        {
            // It was closed meanwhile, or its session is lost. In the first case the broker may have started it since.
            if (answer.Refusal is null && IsOpen)
            {
                _link!.Send(new CloseConsumer(lease));
            }

            return;
        }

        if (answer.Refusal is null)
        {
            subscription.Subscriber.Tell(new Subscribed(subscription.ConsumerId, lease, answer.Name), Self);
        }
        else if (!IsOpen)
        {
            subscription.Lease = 0;
        }
        else
        {
            End(subscription, answer.Refusal);
        }
    }

    private void OnDeliver(DeliverMessages deliver)
    {
        if (!_leases.TryGetValue(deliver.ConsumerId, out var found) || found is not { } subscription)
        {
            return;
        }

        var bytes = 0;
        var messages = new List<ReceivedMessage>();
        MessageBatch? counted = null;
        foreach (var segment in deliver.Segments)
        {
            if (!ReferenceEquals(counted, segment.Batch))
            {
                counted = segment.Batch;
                bytes += segment.Batch.SizeBytes;
            }

            for (var index = 0; index < segment.Count; index++)
            {
                messages.Add(Read(segment.Batch, segment, index, deliver.ConsumerId));
            }
        }

        subscription.Subscriber.Tell(new Delivered(subscription.ConsumerId, deliver.ConsumerId, messages, bytes), Self);
    }

    private ReceivedMessage Read(MessageBatch batch, in DeliverySegment segment, int index, int lease)
    {
        var at = segment.StartIndex + index;
        var route = batch.RouteOf(at);
        var position = segment.FirstPosition + index;
        return new ReceivedMessage(
            route.Exchange, route.RoutingKey, _codec.Read(batch[at].Properties), batch.BodyOf(at), new DeliveryTag(lease, position), segment.Redelivered)
        {
            DeliveryCount = segment.DeliveryCount,
            StreamOffset = segment.IsOfStream ? position : null,
        };
    }

    private void OnSettle(Settle settle)
    {
        if (!_leases.ContainsKey(settle.Tag.Lease))
        {
            return;
        }

        if (_settlements.Count > 0 && _settlements[^1] is var last && last.ConsumerId == settle.Tag.Lease
            && last.Outcome == settle.Outcome && last.Positions.End == settle.Tag.Position)
        {
            _settlements[^1] = last with { Positions = last.Positions with { Count = last.Positions.Count + 1 } };
            return;
        }

        _settlements.Add(new Settlement(settle.Tag.Lease, settle.Outcome, new PositionRange(settle.Tag.Position, 1)));
    }

    private void SendSettlements()
    {
        if (IsOpen && _settlements.Count > 0)
        {
            _link!.Send(new SettleMessages(_settlements));
            _settlements = [];
        }
    }

    private void OnTaken(Taken taken)
    {
        if (IsOpen && _leases.ContainsKey(taken.Lease))
        {
            _link!.Send(new GrantCredit(taken.Lease, taken.Bytes));
        }
    }

    private void OnUnsubscribe(Unsubscribe unsubscribe)
    {
        if (!_subscriptions.TryGetValue((Sender, unsubscribe.ConsumerId), out var subscription))
        {
            return;
        }

        SendSettlements();
        if (unsubscribe.GiveBack || !IsOpen)
        {
            Close(subscription);
        }
        else if (!subscription.IsStopped)
        {
            subscription.IsStopped = true;
            Ask(number => new ClientUnsubscribe(number, subscription.Lease), static _ => { });
        }
    }

    private void OnSubscriberGone(IActorRef subscriber)
    {
        SendSettlements();
        foreach (var subscription in _subscriptions.Values.Where(subscription => subscription.Subscriber.Equals(subscriber)).ToArray())
        {
            Close(subscription);
        }
    }

    private void Close(Subscription subscription)
    {
        if (IsOpen && subscription.Lease != 0)
        {
            _link!.Send(new CloseConsumer(subscription.Lease));
        }

        Remove(subscription);
    }

    private void OnEnded(ClientSubscriptionEnded ended)
    {
        if (_leases.TryGetValue(ended.ConsumerId, out var subscription) && subscription is not null)
        {
            End(subscription, ended.Refusal);
        }
    }

    private void End(Subscription subscription, Refusal refusal)
    {
        Remove(subscription);
        subscription.Subscriber.Tell(new SubscriptionEnded(subscription.ConsumerId, refusal), Self);
    }

    private void Remove(Subscription subscription)
    {
        _subscriptions.Remove((subscription.Subscriber, subscription.ConsumerId));
        _leases.Remove(subscription.Lease);
        subscription.Lease = 0;
    }

    private void LoseLeases()
    {
        _leases.Clear();
        _getters.Clear();
        _settlements = [];
        foreach (var subscription in _subscriptions.Values.ToArray())
        {
            subscription.Lease = 0;
            if (subscription.IsStopped)
            {
                Remove(subscription);
            }
        }
    }

    private void EndSubscriptions(Refusal refusal)
    {
        foreach (var subscription in _subscriptions.Values.ToArray())
        {
            End(subscription, refusal);
        }
    }
}
