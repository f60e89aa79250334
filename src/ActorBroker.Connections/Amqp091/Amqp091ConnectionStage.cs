using System.Security.Cryptography;
using ActorBroker.Connections.Listeners;
using ActorBroker.Connections.Registry;
using ActorBroker.Connections.Sessions;
using ActorBroker.Connections.Sockets;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Clustering;
using ActorBroker.Contracts.Management;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;
using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Akka.Streams.Stage;

namespace ActorBroker.Connections.Amqp091;

/// <summary>
/// One AMQP 0-9-1 connection: drives the protocol's machine (<see cref="Amqp091Connection"/>) with what the socket has
/// read and what the broker's entities tell, and hands what it writes to the socket.
/// <para>
/// Reads on demand: no further socket read is asked for while the publish window is full or the machine wants no more.
/// Writes when the socket can take more, at most <see cref="Amqp091Output.BudgetBytes"/> at a time; deliveries of many queue
/// messages that arrive in one turn of the mailbox go out together.
/// </para>
/// </summary>
public sealed class Amqp091ConnectionStage(
    BrokerServices services, Amqp091ConnectionSettings settings, AcceptedClient client, IActorRef registry)
    : GraphStage<FlowShape<IncomingBuffer, OutgoingBuffer>>
{
    private readonly Inlet<IncomingBuffer> _in = new("Amqp091Connection.in");
    private readonly Outlet<OutgoingBuffer> _out = new("Amqp091Connection.out");

    /// <inheritdoc/>
    public override FlowShape<IncomingBuffer, OutgoingBuffer> Shape => new(_in, _out);

    /// <inheritdoc/>
    protected override Attributes InitialAttributes { get; } = Attributes.CreateName("Amqp091Connection");

    /// <inheritdoc/>
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, services, settings, client, registry);

    private sealed class Logic : TimerGraphStageLogic, IInHandler, IOutHandler
    {
        private const string Tick = "tick";

        // How often answers of the broker that do not come are looked after, while any is awaited.
        private const long RequestCheckMs = 1_000;

        private readonly Amqp091ConnectionStage _stage;
        private readonly BrokerServices _services;
        private readonly Amqp091ConnectionSettings _settings;
        private readonly AcceptedClient _client;
        private readonly IActorRef _registry;
        private readonly Amqp091Output _output = new();
        private readonly Action _endOfTurn;
        private ILoggingAdapter _log = NoLogger.Instance;
        private BrokerSession _session = null!;
        private Amqp091Connection _connection = null!;
        private long _tickAtMs = long.MaxValue;
        private WatchedElsewhere _elsewhere;
        private bool _isFlushScheduled;
        private bool _isWithholding;
        private bool _isKnown;

        public Logic(
            Amqp091ConnectionStage stage, BrokerServices services, Amqp091ConnectionSettings settings, AcceptedClient client, IActorRef registry)
            : base(stage.Shape)
        {
            _stage = stage;
            _services = services;
            _settings = settings;
            _client = client;
            _registry = registry;
            _endOfTurn = GetAsyncCallback(OnEndOfTurn);
            SetHandler(stage._in, this);
            SetHandler(stage._out, this);
        }

        // The stage itself would be named by its shape, and taken for a part of Akka.
        protected override object LogSource => typeof(Amqp091ConnectionStage);

        private long NowMs => (long)_services.Clock.GetElapsedTime(0).TotalMilliseconds;

        public override void PreStart()
        {
            var self = GetStageActor(OnActorMessage);
            _log = Logging.GetLogger(((ActorMaterializer)Materializer).System, typeof(Amqp091ConnectionStage));
            _session = new BrokerSession(_services, self.Ref, Watch, _client.Peer, _client.Local) { Tls = _client.TlsDescription };
            _connection = new Amqp091Connection(_session, _settings, RandomNumberGenerator.Fill, NowMs, _client.CertifiedUser);
            _session.Attach(_connection);
            _registry.Tell(new ConnectionOpened(self.Ref), self.Ref);
            Pull(_stage._in);
            ScheduleTick();
        }

        public override void PostStop()
        {
            _client.Admission.Dispose();
            _session.End();
            if (_connection.LoginRefusal is { } refusal)
            {
                _log.Warning("Login from {0} was refused: {1}", _client.Peer, refusal);
            }

            if (_connection.CloseReason is { } reason)
            {
                _log.Info("Connection from {0} of user {1} ended: {2}", _client.Peer, _connection.User, reason);
            }

            // Actors that heard of this one last may know it for a while yet: they need not keep what it had.
            StageActor.Become(static _ => { });
            _session = null!;
            _connection = null!;
        }

        public void OnPush()
        {
            var incoming = Grab(_stage._in);
            var taken = _connection.OnBytes(incoming.Array, incoming.Offset, incoming.Count, NowMs);
            _session.CountTraffic(taken, written: 0);
            incoming.Consume(taken);
            if (incoming.Count > 0)
            {
                incoming.RequestCapacity(_connection.InputBytesNeeded);
            }

            Write();
            GoOn();
        }

        public void OnUpstreamFinish() => CompleteStage();

        public void OnUpstreamFailure(Exception e)
        {
            _log.Info("Connection from {0} of user {1} was lost: {2}", _client.Peer, _connection.User, e.Message);
            CompleteStage();
        }

        public void OnPull()
        {
            Write();
            GoOn();
        }

        public void OnDownstreamFinish(Exception cause) => CompleteStage();

        protected override void OnTimer(object timerKey)
        {
            _tickAtMs = long.MaxValue;
            if (_isWithholding)
            {
                _connection.OnInputWithheld(NowMs);
            }

            _connection.OnTimer(NowMs);
            _session.OnTimer();
            if (_session.HasExpired && _connection.CloseState == ConnectionCloseState.Open)
            {
                _connection.Shutdown(ReplyCode.AccessRefused, "credential expired");
            }

            Write();
            GoOn();
        }

        private void Watch(IActorRef actor)
        {
            StageActor.Watch(actor);
            _elsewhere.Add(actor);
        }

        private void OnActorMessage((IActorRef Sender, object Message) received)
        {
            switch (received.Message)
            {
                case CloseConnection close:
                    _connection.Shutdown(ReplyCode.ConnectionForced, close.Text);
                    break;
                case AccessWithdrawn withdrawn:
                    if (_session.EndsBy(withdrawn) is { } text)
                    {
                        _connection.Shutdown(ReplyCode.ConnectionForced, text);
                    }

                    break;
                case NodeRemoved removed:
                    foreach (var lost in _elsewhere.On(removed.Node))
                    {
                        _session.OnMessage(lost, new Terminated(lost, existenceConfirmed: true, addressTerminated: true));
                    }

                    _session.OnMessage(received.Sender, removed);
                    break;
                default:
                    _elsewhere.Forget(received.Message as Terminated);
                    _session.OnMessage(received.Sender, received.Message);
                    break;
            }

            // More of the same may be in the mailbox already: write once, behind it.
            if (!_isFlushScheduled)
            {
                _isFlushScheduled = true;
                _endOfTurn();
            }
        }

        private void OnEndOfTurn()
        {
            _isFlushScheduled = false;
            if (!_isKnown && _connection.IsAuthenticated)
            {
                _isKnown = true;
                _client.Admission.MakeKnown();
            }

            Write();
            GoOn();
        }

        private void Write()
        {
            if (!IsAvailable(_stage._out) || !_connection.HasOutput)
            {
                return;
            }

            _output.Begin();
            _connection.WriteOutput(_output, Amqp091Output.BudgetBytes);
            if (_output.End() is { } buffer)
            {
                _session.CountTraffic(read: 0, buffer.WrittenCount);
                Push(_stage._out, buffer);
            }
        }

        // Every callback ends here: the next read, the next timer, or the end.
        private void GoOn()
        {
            _session.ShowHeldUp(_connection.IsHeldUp);
            if (_connection.CloseState == ConnectionCloseState.Closed)
            {
                if (!_connection.HasOutput)
                {
                    CompleteStage();
                }

                return;
            }

            if (!HasBeenPulled(_stage._in))
            {
                ReadOn();
            }

            ScheduleTick();
        }

        private void ReadOn()
        {
            if (!_connection.WantsMoreInput || _session.IsWindowFull)
            {
                _isWithholding = true;
                return;
            }

            if (_isWithholding)
            {
                _isWithholding = false;
                _connection.OnInputWithheld(NowMs);
            }

            Pull(_stage._in);
        }

        private void ScheduleTick()
        {
            var now = NowMs;
            var due = _connection.NextTimerMs;
            if (_session.HasRequests)
            {
                due = Math.Min(due, now + RequestCheckMs);
            }

            // A tick that comes too early costs a look at the clock; only one that would come too late is moved.
            if (due < _tickAtMs)
            {
                _tickAtMs = due;
                ScheduleOnce(Tick, TimeSpan.FromMilliseconds(Math.Max(1, due - now)));
            }
        }
    }
}
