using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Stage;

namespace ActorBroker.Client.Streams;

/// <summary>A consumer of the client as a source. Gives back the room of a delivery when all of its messages have left.</summary>
internal sealed class QueueSourceStage(BrokerClient client, SourceSettings settings, bool noAck) : GraphStage<SourceShape<CommittableMessage>>
{
    private readonly Outlet<CommittableMessage> _out = new("QueueSource.out");

    public override SourceShape<CommittableMessage> Shape => new(_out);

    protected override Attributes InitialAttributes { get; } = Attributes.CreateName("QueueSource");

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, client.Actor, settings, noAck);

    private sealed class Logic : TimerGraphStageLogic, IOutHandler
    {
        private const int ConsumerId = 1;

        private readonly Outlet<CommittableMessage> _out;
        private readonly IActorRef _client;
        private readonly SourceSettings _settings;
        private readonly bool _noAck;
        private readonly Queue<(ReceivedMessage Message, int BytesOfDelivery)> _buffer = new();
        private readonly Action _onAllSettled;
        private Unsettled _unsettled = new(lease: 0);
        private bool _isFinishing;

        public Logic(QueueSourceStage stage, IActorRef client, SourceSettings settings, bool noAck)
            : base(stage.Shape)
        {
            _out = stage._out;
            _client = client;
            _settings = settings;
            _noAck = noAck;
            _onAllSettled = GetAsyncCallback(OnAllSettled);
            SetHandler(_out, this);
        }

        public override void PreStart()
        {
            var self = GetStageActor(OnMessage);
            self.Watch(_client);
            _client.Tell(
                new Subscribe(
                    ConsumerId,
                    _settings.Queue,
                    new ConsumerSettings(
                        _settings.ConsumerTag, _noAck, _settings.Exclusive, _settings.PrefetchCount, _settings.WindowBytes, _settings.Arguments),
                    _settings.Declarations),
                self.Ref);
        }

        public override void PostStop() => _client.Tell(new Unsubscribe(ConsumerId, GiveBack: true), StageActor.Ref);

        public void OnPull() => Emit();

        public void OnDownstreamFinish(Exception cause)
        {
            if (_unsettled.Count == 0 || cause is not SubscriptionWithCancelException.NonFailureCancellation)
            {
                FailOrComplete(cause);
                return;
            }

            // What has left may be settled yet; what waits here goes back with the subscription.
            _isFinishing = true;
            SetKeepGoing(true);
            _client.Tell(new Unsubscribe(ConsumerId, GiveBack: false), StageActor.Ref);
            ScheduleOnce(nameof(SourceSettings.SettleTimeout), _settings.SettleTimeout);
        }

        protected override void OnTimer(object timerKey) => CompleteStage();

        private void FailOrComplete(Exception cause)
        {
            if (cause is SubscriptionWithCancelException.NonFailureCancellation)
            {
                CompleteStage();
            }
            else
            {
                FailStage(cause);
            }
        }

        private void OnMessage((IActorRef Sender, object Message) received)
        {
            switch (received.Message)
            {
                case Delivered delivered when delivered.Lease == _unsettled.Lease && !_isFinishing:
                    Take(delivered);
                    break;
                case Subscribed subscribed:
                    OnSubscribed(subscribed.Lease);
                    break;
                case SubscriptionEnded ended:
                    FailStage(new BrokerRefusedException(ended.Refusal));
                    break;
                case Terminated:
                    FailStage(new BrokerRefusedException(new Refusal(RefusalReason.Unavailable, "the client has stopped")));
                    break;
            }
        }

        private void OnSubscribed(int lease)
        {
            _unsettled = new Unsettled(lease);
            if (!_noAck)
            {
                // They come again.
                _buffer.Clear();
            }

            if (_isFinishing)
            {
                CompleteStage();
            }
        }

        private void Take(Delivered delivered)
        {
            for (var index = 0; index < delivered.Messages.Count; index++)
            {
                _buffer.Enqueue((delivered.Messages[index], index == delivered.Messages.Count - 1 ? delivered.Bytes : 0));
            }

            Emit();
        }

        private void Emit()
        {
            if (!IsAvailable(_out) || !_buffer.TryDequeue(out var next))
            {
                return;
            }

            if (next.BytesOfDelivery > 0)
            {
                _client.Tell(new Taken(next.Message.Tag.Lease, next.BytesOfDelivery), StageActor.Ref);
            }

            Push(_out, new CommittableMessage(next.Message, _noAck ? static _ => { } : Settling(next.Message.Tag)));
        }

        // Runs on any thread, and before whatever the stage tells the client when it ends.
        private Action<SettleOutcome> Settling(DeliveryTag tag)
        {
            var (unsettled, self) = (_unsettled, StageActor.Ref);
            unsettled.Add();
            return outcome =>
            {
                _client.Tell(new Settle(tag, outcome), self);
                if (unsettled.Remove())
                {
                    _onAllSettled();
                }
            };
        }

        private void OnAllSettled()
        {
            if (_isFinishing && _unsettled.Count == 0)
            {
                CompleteStage();
            }
        }
    }

    /// <summary>How many messages of a lease have left without being settled.</summary>
    private sealed class Unsettled(int lease)
    {
        private int _count;

        public int Lease { get; } = lease;

        public int Count => Volatile.Read(ref _count);

        public void Add() => Interlocked.Increment(ref _count);

        public bool Remove() => Interlocked.Decrement(ref _count) == 0;
    }
}
