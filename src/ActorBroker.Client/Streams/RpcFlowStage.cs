using System.Globalization;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Stage;

namespace ActorBroker.Client.Streams;

/// <summary>
/// Asks by direct reply-to. Requests are numbered, which is their correlation id. Each session has a name of its own to
/// reply to, so what waits for a reply when it is lost waits in vain.
/// </summary>
internal sealed class RpcFlowStage<TContext>(BrokerClient client, RpcSettings settings)
    : GraphStage<FlowShape<(OutgoingMessage Message, TContext Context), RpcReply<TContext>>>
{
    private readonly Inlet<(OutgoingMessage Message, TContext Context)> _in = new("RpcFlow.in");
    private readonly Outlet<RpcReply<TContext>> _out = new("RpcFlow.out");

    public override FlowShape<(OutgoingMessage Message, TContext Context), RpcReply<TContext>> Shape => new(_in, _out);

    protected override Attributes InitialAttributes { get; } = Attributes.CreateName("RpcFlow");

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, client.Actor, settings);

    private sealed class Logic : TimerGraphStageLogic, IInHandler, IOutHandler
    {
        private const int ConsumerId = 1;
        private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(100);

        private readonly RpcFlowStage<TContext> _stage;
        private readonly IActorRef _client;
        private readonly RpcSettings _settings;
        private readonly Queue<Request> _pending = new();
        private readonly Dictionary<string, Request> _unanswered = new(StringComparer.Ordinal);
        private string? _replyTo;
        private int _lease;
        private long _lastId;

        public Logic(RpcFlowStage<TContext> stage, IActorRef client, RpcSettings settings)
            : base(stage.Shape)
        {
            _stage = stage;
            _client = client;
            _settings = settings;
            SetHandler(stage._in, this);
            SetHandler(stage._out, this);
        }

        private sealed class Request(string id, TContext context, long sentAt)
        {
            public string Id { get; } = id;

            public TContext Context { get; } = context;

            public long SentAt { get; } = sentAt;

            public RpcReply<TContext>? Reply { get; set; }
        }

        public override void PreStart()
        {
            var self = GetStageActor(OnMessage);
            self.Watch(_client);
            _client.Tell(new SubscribeToReplies(ConsumerId), self.Ref);
            ScheduleRepeatedly(nameof(CheckInterval), CheckInterval);
        }

        public override void PostStop() => _client.Tell(new Unsubscribe(ConsumerId, GiveBack: true), StageActor.Ref);

        public void OnPush()
        {
            var (message, context) = Grab(_stage._in);
            var request = new Request((++_lastId).ToString(CultureInfo.InvariantCulture), context, TimeProvider.System.GetTimestamp());
            _pending.Enqueue(request);
            _unanswered.Add(request.Id, request);
            var properties = message.Properties with { CorrelationId = request.Id, ReplyTo = _replyTo };
            _client.Tell(new Publish(_lastId, [message with { Properties = properties, Mandatory = true }]), StageActor.Ref);
            PullOn();
        }

        public void OnPull() => Emit();

        public void OnUpstreamFinish()
        {
            if (_pending.Count == 0)
            {
                CompleteStage();
            }
        }

        public void OnUpstreamFailure(Exception e) => FailStage(e);

        public void OnDownstreamFinish(Exception cause) => CompleteStage();

        protected override void OnTimer(object timerKey)
        {
            foreach (var request in _pending)
            {
                if (TimeProvider.System.GetElapsedTime(request.SentAt) < _settings.Timeout)
                {
                    break;
                }

                Fail(request.Id, $"there was no reply within {_settings.Timeout}");
            }

            Emit();
        }

        private void OnMessage((IActorRef Sender, object Message) received)
        {
            switch (received.Message)
            {
                case Subscribed subscribed:
                    FailAll("the session with the broker was lost");
                    _replyTo = subscribed.Name;
                    _lease = subscribed.Lease;
                    PullOn();
                    break;
                case Delivered delivered when delivered.Lease == _lease:
                    OnReplies(delivered);
                    break;
                case Published published:
                    foreach (var (id, result) in published.Results)
                    {
                        if (!result.IsConfirmed)
                        {
                            Fail(id.ToString(CultureInfo.InvariantCulture), result.ToString());
                        }
                    }

                    break;
                case SubscriptionEnded ended:
                    FailStage(new BrokerRefusedException(ended.Refusal));
                    return;
                case Terminated:
                    FailStage(new BrokerRefusedException(new Refusal(RefusalReason.Unavailable, "the client has stopped")));
                    return;
            }

            Emit();
        }

        private void OnReplies(Delivered delivered)
        {
            _client.Tell(new Taken(delivered.Lease, delivered.Bytes), StageActor.Ref);
            foreach (var reply in delivered.Messages)
            {
                if (reply.Properties.CorrelationId is { } id && _unanswered.Remove(id, out var request))
                {
                    request.Reply = new RpcReply<TContext>(request.Context, reply, null);
                }
            }
        }

        private void FailAll(string failure)
        {
            foreach (var id in _unanswered.Keys.ToArray())
            {
                Fail(id, failure);
            }
        }

        private void Fail(string id, string failure)
        {
            if (_unanswered.Remove(id, out var request))
            {
                request.Reply = new RpcReply<TContext>(request.Context, null, failure);
            }
        }

        private void Emit()
        {
            if (IsAvailable(_stage._out) && _pending.TryPeek(out var first) && first.Reply is { } reply)
            {
                _pending.Dequeue();
                Push(_stage._out, reply);
            }

            if (IsClosed(_stage._in) && _pending.Count == 0)
            {
                CompleteStage();
                return;
            }

            PullOn();
        }

        private void PullOn()
        {
            if (_replyTo is not null && !HasBeenPulled(_stage._in) && !IsClosed(_stage._in) && _pending.Count < _settings.UnansweredMax)
            {
                Pull(_stage._in);
            }
        }
    }
}
