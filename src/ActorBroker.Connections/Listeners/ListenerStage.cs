using System.Net;
using System.Net.Sockets;
using Akka.Event;
using Akka.Streams;
using Akka.Streams.Stage;

namespace ActorBroker.Connections.Listeners;

/// <summary>
/// A source of accepted sockets, each owned by whoever receives it. It accepts only when it is pulled; what comes in
/// the meantime waits in the kernel's backlog. It materializes the bound listener, or a <see cref="BindException"/>.
/// </summary>
/// <remarks>
/// An accept that fails does not end the listener: out of descriptors (EMFILE, ENFILE) or of memory is a state that
/// passes, and is asked about again after a pause instead of in a hot loop.
/// </remarks>
public sealed class ListenerStage : GraphStageWithMaterializedValue<SourceShape<Socket>, Task<BoundListener>>
{
    private static readonly Attributes Name = Attributes.CreateName("Listener");

    private readonly IPEndPoint _endPoint;
    private readonly int _backlog;
    private readonly Outlet<Socket> _out = new("Listener.out");

    /// <param name="endPoint">What to bind. <see cref="IPAddress.IPv6Any"/> takes IPv4 connections too.</param>
    /// <param name="backlog">Connections that the kernel completes ahead of being accepted.</param>
    public ListenerStage(IPEndPoint endPoint, int backlog)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(backlog);
        _endPoint = endPoint;
        _backlog = backlog;
        Shape = new SourceShape<Socket>(_out);
    }

    public override SourceShape<Socket> Shape { get; }

    protected override Attributes InitialAttributes => Name;

    public override ILogicAndMaterializedValue<Task<BoundListener>> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        var bound = new TaskCompletionSource<BoundListener>(TaskCreationOptions.RunContinuationsAsynchronously);
        return new LogicAndMaterializedValue<Task<BoundListener>>(new Logic(this, bound), bound.Task);
    }

    private sealed class Logic : TimerGraphStageLogic, IOutHandler, IDisposable
    {
        private const string RetryTimer = "retry";

        private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

        private readonly ListenerStage _stage;
        private readonly TaskCompletionSource<BoundListener> _bound;
        private readonly TaskCompletionSource _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Socket _socket;
        private readonly SocketAsyncEventArgs _accept = new(true);
        private readonly Action _unbind;
        private bool _isFailing;

        public Logic(ListenerStage stage, TaskCompletionSource<BoundListener> bound)
            : base(stage.Shape)
        {
            _stage = stage;
            _bound = bound;
            _socket = new Socket(stage._endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            var accepted = GetAsyncCallback(OnAccepted);
            _accept.Completed += (_, _) => accepted();
            _unbind = GetAsyncCallback(CompleteStage);
            SetHandler(stage._out, this);
        }

        public override void PreStart()
        {
            try
            {
                // The runtime sets SO_REUSEADDR by itself, so connections in TIME_WAIT do not stop a restart.
                // ReuseAddress must stay off: it would let a second broker take over the same port.
                if (_stage._endPoint.Address.Equals(IPAddress.IPv6Any))
                    _socket.DualMode = true;
                _socket.Bind(_stage._endPoint);
                _socket.Listen(_stage._backlog);
            }
            catch (SocketException e)
            {
                var failure = new BindException($"cannot listen on {_stage._endPoint}: {Reason(e)}", e);
                _bound.TrySetException(failure);
                FailStage(failure);
                return;
            }

            _bound.TrySetResult(new BoundListener((IPEndPoint)_socket.LocalEndPoint!, _unbind, _unbound.Task));
        }

        public override void PostStop() => Dispose();

        public void Dispose()
        {
            _socket.Dispose();
            // Not null if the accept succeeded and its callback came too late for it to be handed out.
            _accept.AcceptSocket?.Dispose();
            _accept.Dispose();
            _bound.TrySetException(new BindException($"cannot listen on {_stage._endPoint}: the stream was stopped"));
            _unbound.TrySetResult();
        }

        public void OnPull() => Accept();

        public void OnDownstreamFinish(Exception cause) => CompleteStage();

        protected override void OnTimer(object timerKey) => Accept();

        private static string Reason(SocketException e) => e.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "the address is already in use",
            SocketError.AddressNotAvailable => "this machine does not have the address",
            SocketError.AccessDenied => "permission denied",
            _ => e.Message,
        };

        private void Accept()
        {
            if (!_socket.AcceptAsync(_accept))
                OnAccepted();
        }

        private void OnAccepted()
        {
            var error = _accept.SocketError;
            var socket = _accept.AcceptSocket;
            _accept.AcceptSocket = null;
            if (error == SocketError.Success)
            {
                _isFailing = false;
                Push(_stage._out, socket!);
                return;
            }

            socket?.Dispose();
            if (!_isFailing)
                Log.Warning("Cannot accept connections on {0} for now: {1}", _stage._endPoint, error);
            _isFailing = true;
            ScheduleOnce(RetryTimer, RetryInterval);
        }
    }
}
