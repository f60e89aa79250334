using ActorBroker.Broker.Forwarding;
using ActorBroker.Broker.Readers;
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
internal sealed partial class ReplayActor : RepublishingActor
{
    private const int WindowBytes = 1 << 19;
    private const int TicksForReport = 5;
    private const int TicksForRest = 25;

    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    private readonly HistoryReader _reader;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<ReplayedMessage> _underWay = new();
    private readonly List<IActorRef> _awaitingEnd = [];
    private bool _isReading;
    private bool _hasStarted;
    private long _replayed;
    private long _unrouted;
    private int _ticks;
    private int _ticksSinceEnding;
    private ReplayReported? _reported;

    // What it has come to, while what is under way is awaited.
    private ReplayState _state = ReplayState.Running;

    /// <summary>Use <see cref="Props"/>.</summary>
    public ReplayActor(ReplayMessages replay, IActorRef requester, ForwardingServices services)
        : base(replay, requester, $"{replay.Queue} stopped while it was replayed", services)
    {
        _reader = new HistoryReader(
            new HistorySource(Context.Parent, replay.Queue, replay.Range, replay.Criteria, replay.Origin), services.Formats, Self, WindowBytes, Take);
    }

    /// <summary>The actor of one replay, which has been checked.</summary>
    public static Props Props(ReplayMessages replay, IActorRef requester, ForwardingServices services) =>
        Akka.Actor.Props.Create(() => new ReplayActor(replay, requester, services));

    /// <inheritdoc/>
    protected override bool OnMessage(object message)
    {
        switch (message)
        {
            case ReplayMessages:
                // Once more by somebody who has not heard of it, or wants to hear of it from here on.
                Requester = Sender;
                Sender.Tell(Report, Context.Parent);
                return true;
            case DescribeReplay:
                Sender.Tell(Report, Context.Parent);
                return true;
            case CancelReplay:
                OnCancel();
                return true;
            case KeptLongEnough:
                Context.Parent.Tell(ForgetReplay.Instance);
                return true;
            default:
                return HasEnded || _reader.OnMessage(message) || base.OnMessage(message);
        }
    }

    /// <inheritdoc/>
    protected override void OnTick()
    {
        base.OnTick();
        if (_isReading)
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

    /// <inheritdoc/>
    protected override void OnQueueEnds(Refusal reason)
    {
        Conclude(reason);
        End();
    }

    /// <inheritdoc/>
    protected override void BeginReading()
    {
        _isReading = true;
        _reader.Ask();
    }

    /// <inheritdoc/>
    protected override void ProceedReading()
    {
        _reader.Flush();
        TellStarted();
        if (_reader.Refusal is { } refusal)
        {
            Conclude(refusal);
        }

        EndWhenDone();
    }

    private bool Take(DeliverySegment segment, int i)
    {
        var message = ReplayedMessage.Of(Replay, segment, i, !Replay.Criteria.IsNone, Services.Formats);
        _underWay.Enqueue(message);
        Publish(message);
        return true;
    }

    /// <inheritdoc/>
    protected override void OnForwarded(ReplayedMessage message, ForwardOutcome outcome)
    {
        if (Target.Fails(outcome) is { } refusal)
        {
            Conclude(refusal);
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

    /// <inheritdoc/>
    protected override void Conclude(Refusal refusal)
    {
        if (Conclude(ReplayState.Failed))
        {
            base.Conclude(refusal);
        }
    }

    // The first outcome counts.
    private bool Conclude(ReplayState state)
    {
        if (_state != ReplayState.Running)
        {
            return false;
        }

        _state = state;
        _reader.Close();
        return true;
    }

    private void EndWhenDone()
    {
        if (BytesUnderWay > 0 && _ticksSinceEnding < TicksForRest)
        {
            return;
        }

        if (_reader.IsAtEnd)
        {
            Conclude(ReplayState.Finished);
        }

        if (_state != ReplayState.Running)
        {
            StopTicks();
            Timers.StartSingleTimer(KeptLongEnough.Instance, KeptLongEnough.Instance, KeptFor);
            TellEnd();
        }
    }

    private sealed record KeptLongEnough : INoSerializationVerificationNeeded
    {
        public static KeptLongEnough Instance { get; } = new();
    }
}
