using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Stage;

namespace ActorBroker.Client.Streams;

/// <summary>
/// Publishes what comes, those that come in one turn together, and emits outcomes in the order of the messages. Asks
/// upstream for more while what is not confirmed is within the settings.
/// </summary>
internal sealed class PublishFlowStage<TContext>(BrokerClient client, PublishSettings settings)
    : GraphStage<FlowShape<(OutgoingMessage Message, TContext Context), PublishedElement<TContext>>>
{
    private readonly Inlet<(OutgoingMessage Message, TContext Context)> _in = new("PublishFlow.in");
    private readonly Outlet<PublishedElement<TContext>> _out = new("PublishFlow.out");

    public override FlowShape<(OutgoingMessage Message, TContext Context), PublishedElement<TContext>> Shape => new(_in, _out);

    protected override Attributes InitialAttributes { get; } = Attributes.CreateName("PublishFlow");

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, client.Actor, settings);

    private sealed class Logic : InAndOutGraphStageLogic
    {
        private readonly PublishFlowStage<TContext> _stage;
        private readonly IActorRef _client;
        private readonly PublishSettings _settings;
        private readonly Queue<Pending> _pending = new();
        private readonly Dictionary<long, Pending> _byId = [];
        private readonly Action _endOfTurn;
        private List<OutgoingMessage> _gathered = [];
        private long _lastId;
        private long _pendingBytes;
        private bool _isFlushScheduled;

        public Logic(PublishFlowStage<TContext> stage, IActorRef client, PublishSettings settings)
            : base(stage.Shape)
        {
            _stage = stage;
            _client = client;
            _settings = settings;
            _endOfTurn = GetAsyncCallback(Flush);
            SetHandler(stage._in, this);
            SetHandler(stage._out, this);
        }

        private sealed class Pending(OutgoingMessage message, TContext context)
        {
            public OutgoingMessage Message { get; } = message;

            public TContext Context { get; } = context;

            public PublishResult? Result { get; set; }
        }

        public override void PreStart()
        {
            GetStageActor(OnMessage).Watch(_client);
            Pull(_stage._in);
        }

        public override void OnPush()
        {
            var (message, context) = Grab(_stage._in);
            var pending = new Pending(message, context);
            _pending.Enqueue(pending);
            _byId.Add(++_lastId, pending);
            _pendingBytes += message.Body.Length;
            _gathered.Add(message);
            if (!_isFlushScheduled)
            {
                _isFlushScheduled = true;
                _endOfTurn();
            }

            PullOn();
        }

        public override void OnPull() => Emit();

        public override void OnUpstreamFinish()
        {
            if (_pending.Count == 0)
            {
                CompleteStage();
            }
        }

        private void Flush()
        {
            _isFlushScheduled = false;
            if (_gathered.Count > 0)
            {
                _client.Tell(new Publish(_lastId - _gathered.Count + 1, _gathered), StageActor.Ref);
                _gathered = [];
            }
        }

        private void OnMessage((IActorRef Sender, object Message) received)
        {
            switch (received.Message)
            {
                case Published published:
                    foreach (var (id, result) in published.Results)
                    {
                        if (_byId.Remove(id, out var pending))
                        {
                            pending.Result = result;
                        }
                    }

                    Emit();
                    break;
                case Terminated:
                    FailStage(new BrokerRefusedException(new Refusal(RefusalReason.Unavailable, "the client has stopped")));
                    break;
            }
        }

        private void Emit()
        {
            if (IsAvailable(_stage._out) && _pending.TryPeek(out var first) && first.Result is { } result)
            {
                _pending.Dequeue();
                _pendingBytes -= first.Message.Body.Length;
                Push(_stage._out, new PublishedElement<TContext>(first.Context, first.Message, result));
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
            if (!HasBeenPulled(_stage._in) && !IsClosed(_stage._in)
                && _pending.Count < _settings.UnconfirmedMax && _pendingBytes < _settings.UnconfirmedBytesMax)
            {
                Pull(_stage._in);
            }
        }
    }
}
