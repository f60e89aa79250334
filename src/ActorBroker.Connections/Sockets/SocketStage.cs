using System.Net.Security;
using System.Net.Sockets;
using Akka.Streams;
using Akka.Streams.Stage;

namespace ActorBroker.Connections.Sockets;

/// <summary>
/// A connected socket as a flow: what is pushed in is sent, what is received is pushed out. It receives only when it is
/// pulled and pulls only when all was sent, so the backpressure of either side reaches the network and back.
/// </summary>
/// <remarks>
/// <para>The stage owns the socket and closes it. For the ownership of the elements see <see cref="IncomingBuffer"/> and
/// <see cref="OutgoingBuffer"/>.</para>
/// <para>Close by this side: once upstream has finished, what is pending is sent and the sending side is shut down;
/// then the peer has <see cref="SocketStageOptions.CloseTimeout"/> to close its own. What it sends meanwhile still goes
/// downstream, or nowhere if downstream has cancelled; closing with unread bytes would reset the connection and destroy
/// what was sent last.</para>
/// <para>Close by the peer: the outlet completes, and upstream may still send until it finishes.</para>
/// <para>A lost connection fails the outlet with a <see cref="SocketClosedException"/> and cancels the inlet with it. If
/// it shows while sending, the inlet is cancelled at once and the outlet first hands out what had arrived before. A
/// failure of upstream closes the socket without ceremony.</para>
/// </remarks>
public sealed class SocketStage : GraphStage<FlowShape<OutgoingBuffer, IncomingBuffer>>
{
    private static readonly Attributes Name = Attributes.CreateName("Socket");

    private readonly Socket _socket;
    private readonly SocketStageOptions _options;
    private readonly SslStream? _tls;
    private readonly Inlet<OutgoingBuffer> _in = new("Socket.in");
    private readonly Outlet<IncomingBuffer> _out = new("Socket.out");

    /// <param name="socket">A connected stream socket. The stage can be materialized once.</param>
    /// <param name="options">Null for <see cref="SocketStageOptions.Default"/>.</param>
    /// <param name="tls">The socket's TLS session after its handshake, owned by the stage too; null for a plain connection.</param>
    public SocketStage(Socket socket, SocketStageOptions? options = null, SslStream? tls = null)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _socket = socket;
        _options = options ?? SocketStageOptions.Default;
        _tls = tls;
        Shape = new FlowShape<OutgoingBuffer, IncomingBuffer>(_in, _out);
    }

    public override FlowShape<OutgoingBuffer, IncomingBuffer> Shape { get; }

    protected override Attributes InitialAttributes => Name;

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : TimerGraphStageLogic, IInHandler, IOutHandler, IDisposable
    {
        /// <summary>Receives in a row before the messages that have come to the stage get their turn.</summary>
        private const int ReceivesInTurn = 8;

        private const string CloseTimer = "close";

        private readonly SocketStage _stage;
        private readonly IncomingBuffer _incoming;
        private readonly ISocketReader _reader;
        private readonly ISocketWriter _writer;
        private readonly Action _nextTurn;
        private int _receives;
        private bool _willReceive;
        private bool _lent;
        private bool _peerEnded;

        public Logic(SocketStage stage)
            : base(stage.Shape)
        {
            _stage = stage;
            _incoming = new IncomingBuffer(stage._options.Pool, stage._options.ReadSize, stage._options.MaximumReadCapacity);
            var (onReadable, onSent) = (GetAsyncCallback(OnReadable), GetAsyncCallback(OnSent));
            _reader = stage._tls is { } tls ? new TlsReader(tls, onReadable) : new SocketReader(Socket, onReadable);
            _writer = stage._tls is null ? new SocketWriter(Socket, onSent) : new TlsWriter(Socket, stage._tls, onSent);
            _nextTurn = GetAsyncCallback(OnNextTurn);
            SetHandler(stage._in, this);
            SetHandler(stage._out, this);
        }

        private Socket Socket => _stage._socket;

        private bool IsSending => _writer.IsPending || !IsClosed(_stage._in);

        public override void PreStart()
        {
            SetKeepGoing(true);
            try
            {
                Configure();
            }
            catch (SocketException e)
            {
                Lose(e.SocketErrorCode);
                return;
            }

            Pull(_stage._in);
        }

        public override void PostStop() => Dispose();

        public void Dispose()
        {
            // The socket first: nothing may be sent from or received into an array that is back in its pool. A buffer
            // whose send is pending is therefore left to the garbage collector, and so is one lent to downstream.
            Socket.Dispose();
            _reader.Dispose();
            _writer.Dispose();
            if (_lent || _reader.IsFilling)
                _incoming.Abandon();
            else
                _incoming.Release();
        }

        public void OnPush()
        {
            if (_writer.Send(Grab(_stage._in)))
                AfterSend();
        }

        public void OnUpstreamFinish()
        {
            ScheduleOnce(CloseTimer, _stage._options.CloseTimeout);
            if (!_writer.IsPending)
                EndSending();
        }

        public void OnUpstreamFailure(Exception e) => FailStage(e);

        public void OnPull()
        {
            _lent = false;
            Receive();
        }

        public void OnDownstreamFinish(Exception cause)
        {
            _lent = false;
            _incoming.Consume(_incoming.Count);
            if (_writer.Error != SocketError.Success)
                CompleteStage();
            else
                Receive();
        }

        protected override void OnTimer(object timerKey)
        {
            if (_writer.Error != SocketError.Success)
                Lose(_writer.Error);
            else
                CompleteStage();
        }

        private void Configure()
        {
            var options = _stage._options;
            Socket.NoDelay = options.NoDelay;
            if (options.KeepAlive)
                Socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            if (options.SendBufferSize is { } sendBufferSize)
                Socket.SendBufferSize = sendBufferSize;
            if (options.ReceiveBufferSize is { } receiveBufferSize)
                Socket.ReceiveBufferSize = receiveBufferSize;
        }

        private void OnSent()
        {
            if (_writer.Continue())
                AfterSend();
        }

        private void AfterSend()
        {
            if (_writer.Error != SocketError.Success)
                LoseSending(_writer.Error);
            else if (IsClosed(_stage._in))
                EndSending();
            else
                Pull(_stage._in);
        }

        private void EndSending()
        {
            if (_peerEnded)
            {
                CompleteStage();
                return;
            }

            try
            {
                _writer.EndStream();
            }
            catch (SocketException e)
            {
                Lose(e.SocketErrorCode);
            }
        }

        /// <summary>What had arrived before the connection was lost is still received, until that fails too.</summary>
        private void LoseSending(SocketError error)
        {
            var lost = new SocketClosedException(error);
            if (_peerEnded || IsClosed(_stage._out))
            {
                FailStage(lost);
                return;
            }

            Cancel(_stage._in, lost);
            if (!IsTimerActive(CloseTimer))
                ScheduleOnce(CloseTimer, _stage._options.CloseTimeout);
        }

        private void OnReadable()
        {
            _willReceive = false;
            if (_reader.EndWait())
                Receive();
            else
                Lose(_reader.Error);
        }

        private void OnNextTurn()
        {
            _willReceive = false;
            Receive();
        }

        /// <summary>Receives while somebody wants bytes, or nobody ever will: those are discarded.</summary>
        private void Receive()
        {
            while (!_willReceive && !_peerEnded && (IsAvailable(_stage._out) || IsClosed(_stage._out)))
            {
                if (++_receives > ReceivesInTurn)
                {
                    _receives = 0;
                    _willReceive = true;
                    _nextTurn();
                    return;
                }

                switch (_reader.Receive(_incoming))
                {
                    case ReceiveOutcome.Received:
                        HandOut();
                        break;
                    case ReceiveOutcome.Waiting:
                        _receives = 0;
                        _willReceive = true;
                        break;
                    case ReceiveOutcome.Ended:
                        EndReceiving();
                        break;
                    case ReceiveOutcome.Failed:
                        Lose(_reader.Error);
                        return;
                }
            }
        }

        private void HandOut()
        {
            if (IsClosed(_stage._out))
            {
                _incoming.Consume(_incoming.Count);
                return;
            }

            _lent = true;
            Push(_stage._out, _incoming);
        }

        private void EndReceiving()
        {
            _peerEnded = true;
            _incoming.Release();
            Complete(_stage._out);
            if (!IsSending)
                CompleteStage();
        }

        private void Lose(SocketError error)
        {
            var lost = new SocketClosedException(error);
            // The outlet first, so that a stage joined to both sides learns the reason as a failure.
            Fail(_stage._out, lost);
            FailStage(lost);
        }
    }
}
