using ActorBroker.Broker.Forwarding;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.History;

/// <summary>
/// Publishes a part of a queue's history again. A child of the queue's actor: it consumes the history like a client, within
/// a window, and gives credit for what has arrived, so a slow destination holds it back and nothing grows.
/// <para>
/// Messages go out in order and are counted when every queue has confirmed them. The first that does not arrive ends the
/// replay; what was sent behind it may have arrived. All that is in front of <see cref="ReplayProgress.Next"/> has, so
/// another replay may go on from there. Nothing of a replay outlives this actor; it stays for a while after its end for
/// those who ask how it ended.
/// </para>
/// </summary>
internal sealed partial class ReplayActor : UntypedActor, IWithTimers
{
    private const int WindowBytes = 1 << 19;
    private const int TicksForReport = 5;
    private const int TicksForRest = 25;

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    private readonly ReplayMessages _replay;
    private readonly ForwardingServices _services;
    private readonly ReplayTarget _target;
    private readonly MessageForwarder _forwarder;
    private readonly HistoryReader _reader;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<ReplayedMessage> _underWay = new();
    private readonly List<IActorRef> _awaitingEnd = [];
    private IActorRef _requester;
    private bool _isTargetFound;
    private bool _hasStarted;
    private long _replayed;
    private long _unrouted;
    private int _ticks;
    private int _ticksSinceEnding;
    private ReplayReported? _reported;

    // What it has come to, while what is under way is awaited; and that it is over.
    private ReplayState _state = ReplayState.Running;
    private Refusal? _refusal;
    private bool _hasEnded;

    /// <summary>Use <see cref="Props"/>.</summary>
    public ReplayActor(ReplayMessages replay, IActorRef requester, ForwardingServices services)
    {
        _replay = replay;
        _requester = requester;
        _services = services;
        _target = new ReplayTarget(replay, services);
        _forwarder = new MessageForwarder(
            replay.Queue.VirtualHost, services, Context, (message, outcome) => OnForwarded((ReplayedMessage)message, outcome));
        _reader = new HistoryReader(
            new HistorySource(Context.Parent, replay.Queue, replay.Range, replay.Criteria, replay.Origin), services.Formats, Self, WindowBytes, Take);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The actor of one replay, which has been checked.</summary>
    public static Props Props(ReplayMessages replay, IActorRef requester, ForwardingServices services) =>
        Akka.Actor.Props.Create(() => new ReplayActor(replay, requester, services));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TickInterval);
        FindTarget();
        EndWhenDone();
    }

    /// <inheritdoc/>
    protected override void PostRestart(Exception reason)
    {
        // Told by the one before.
        _hasEnded = true;
        Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Conclude(ReplayState.Failed, new Refusal(RefusalReason.Unavailable, $"{_replay.Queue} stopped while it was replayed"));
        EndNow();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ReplayMessages:
                // Once more by somebody who has not heard of it, or wants to hear of it from here on.
                _requester = Sender;
                Sender.Tell(Report, Context.Parent);
                break;
            case DescribeReplay:
                Sender.Tell(Report, Context.Parent);
                break;
            case CancelReplay:
                OnCancel();
                break;
            case EndReading end:
                Conclude(ReplayState.Failed, end.Reason);
                EndNow();
                break;
            case KeptLongEnough:
                Context.Parent.Tell(ForgetReplay.Instance);
                break;
            default:
                if (!_hasEnded)
                {
                    OnWork(message);
                }

                break;
        }
    }

    private void OnWork(object message)
    {
        switch (message)
        {
            case Tick:
                OnTick();
                break;
            default:
                if (!_reader.OnMessage(message) && !_forwarder.OnMessage(Sender, message))
                {
                    Unhandled(message);
                }

                break;
        }

        if (!_isTargetFound)
        {
            FindTarget();
        }

        _forwarder.Flush();
        _reader.Flush();
        TellStarted();
        if (_reader.Refusal is { } refusal)
        {
            Conclude(ReplayState.Failed, refusal);
        }

        EndWhenDone();
    }

    private void FindTarget()
    {
        var found = _target.Find(Self, out var refusal);
        if (refusal is not null)
        {
            Conclude(ReplayState.Failed, refusal);
        }
        else if (found is true)
        {
            _isTargetFound = true;
            _reader.Ask();
        }
    }

    private void OnTick()
    {
        _forwarder.OnTimer();
        if (_isTargetFound)
        {
            _reader.Ask();
        }

        if (_state != ReplayState.Running)
        {
            _ticksSinceEnding++;
        }
        else if (++_ticks % TicksForReport == 0 && _hasStarted && Report != _reported)
        {
            TellReport();
        }
    }

    private bool Take(DeliverySegment segment, int i)
    {
        var message = ReplayedMessage.Of(_replay, segment, i, !_replay.Criteria.IsNone, _services.Formats);
        _underWay.Enqueue(message);
        _forwarder.Forward(message);
        return true;
    }

    private void OnForwarded(ReplayedMessage message, ForwardOutcome outcome)
    {
        if (_target.Fails(outcome) is { } refusal)
        {
            Conclude(ReplayState.Failed, refusal);
            return;
        }

        message.IsDone = true;
        _replayed += outcome == ForwardOutcome.Confirmed ? 1 : 0;
        _unrouted += outcome == ForwardOutcome.NoRoute ? 1 : 0;
        _reader.Credit(message.SourceLength);
        while (_underWay.TryPeek(out var first) && first.IsDone)
        {
            _underWay.Dequeue();
        }
    }

    // The first reason counts.
    private void Conclude(ReplayState state, Refusal? refusal)
    {
        if (_state == ReplayState.Running)
        {
            _state = state;
            _refusal = refusal;
            _reader.Close();
        }
    }

    private void EndWhenDone()
    {
        if (_hasEnded || (_forwarder.BytesUnderWay > 0 && _ticksSinceEnding < TicksForRest))
        {
            return;
        }

        if (_reader.IsAtEnd)
        {
            Conclude(ReplayState.Finished, refusal: null);
        }

        if (_state != ReplayState.Running)
        {
            Timers.Cancel(Tick.Instance);
            Timers.StartSingleTimer(KeptLongEnough.Instance, KeptLongEnough.Instance, KeptFor);
            TellEnd();
        }
    }

    // The queue does.
    private void EndNow()
    {
        if (!_hasEnded)
        {
            TellEnd();
        }

        Context.Stop(Self);
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }

    private sealed record KeptLongEnough : INoSerializationVerificationNeeded
    {
        public static KeptLongEnough Instance { get; } = new();
    }
}
