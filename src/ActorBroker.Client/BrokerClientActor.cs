using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace ActorBroker.Client;

/// <summary>
/// The client: logs in, keeps a session with the broker, and opens another one when it is lost. Takes the commands of
/// <see cref="Publish"/> and those beside it from any actor of its system, and keeps what they want from one session to
/// the next: messages that are not confirmed, subscriptions.
/// </summary>
internal sealed partial class BrokerClientActor : UntypedActor, IWithTimers
{
    private const int WordOverheadMax = 2 * 1024 * 1024;
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly BrokerClientSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<IActorRef> _watchers = [];
    private readonly PropertiesCodec _codec = new();
    private ClientLink? _link;
    private Refusal? _failure;
    private int _messageSizeMax = int.MaxValue;
    private TimeSpan _timeout = TimeSpan.MaxValue;
    private long _heardAt;
    private int _ticks;
    private bool _isFlushScheduled;

    public BrokerClientActor(BrokerClientSettings settings, TimeProvider clock)
    {
        _settings = settings;
        _clock = clock;
        _contacts = settings.ReceptionistPaths();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsOpen => _link is not null;

    public static Props Props(BrokerClientSettings settings, TimeProvider clock) =>
        Akka.Actor.Props.Create(() => new BrokerClientActor(settings, clock));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TickInterval);
        LogIn();
    }

    protected override void PostStop()
    {
        _link?.Send(new CloseClientSession());
        GiveUp(new Refusal(RefusalReason.Unavailable, "the client has stopped"));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick:
                OnTick();
                return;
            case EndOfTurn:
                _isFlushScheduled = false;
                SendPublishes();
                SendSettlements();
                return;
            case LoginOverdue overdue:
                OnLoginOverdue(overdue);
                return;
            case ClientSessionOpened opened:
                OnOpened(opened);
                break;
            case ClientSessionRefused refused:
                OnRefused(refused);
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            case DisassociatedEvent disassociated when disassociated.RemoteAddress.Equals(_link?.Peer.Path.Address):
                OnSessionLost("the connection to its node was lost");
                break;
            case DisassociatedEvent:
                return;
            case not null when Sender.Equals(_link?.Peer):
                OnSessionWord(message);
                break;
            default:
                OnCommand(message!);
                break;
        }

        ScheduleFlush();
    }

    private void OnCommand(object message)
    {
        switch (message)
        {
            case Publish publish:
                OnPublish(publish);
                break;
            case Settle settle:
                OnSettle(settle);
                break;
            case Taken taken:
                OnTaken(taken);
                break;
            case Subscribe subscribe:
                OnSubscribe(subscribe);
                break;
            case SubscribeToReplies replies:
                OnSubscribeToReplies(replies);
                break;
            case Unsubscribe unsubscribe:
                OnUnsubscribe(unsubscribe);
                break;
            case Get get:
                OnGet(get);
                break;
            case ClientRequest request:
                OnRequest(request);
                break;
            case WatchSession:
                _watchers.Add(Sender);
                Context.Watch(Sender);
                Sender.Tell(new SessionState(IsOpen, _failure, _link?.Peer.Path.Address));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnSessionWord(object message)
    {
        _heardAt = _clock.GetTimestamp();
        if (message is ClientPing ping)
        {
            if (!_link!.IsWhole(ping))
            {
                OnSessionLost("messages of the broker were lost on their way");
            }

            return;
        }

        try
        {
            if (_link!.Receive(message) is { } word)
            {
                Handle(word);
            }
        }
        catch (Exception failure) when (failure is InvalidDataException or System.Runtime.Serialization.SerializationException)
        {
            OnSessionLost(failure.Message);
        }
    }

    private void Handle(object word)
    {
        switch (word)
        {
            case ClientProgress progress:
                OnProgress(progress);
                break;
            case DeliverMessages deliver:
                OnDeliver(deliver);
                break;
            case ClientAnswer answer:
                Answer(answer.RequestId, answer);
                break;
            case MessageTaken taken:
                Answer(taken.RequestId, taken);
                break;
            case ClientSubscriptionEnded ended:
                OnEnded(ended);
                break;
            case ClientSessionClosed closed:
                OnSessionLost(closed.Refusal.Text);
                break;
            default:
                throw new InvalidDataException($"{word.GetType().Name} is no word of a session.");
        }
    }

    private void OnTick()
    {
        if (_link is null)
        {
            return;
        }

        if (_clock.GetElapsedTime(_heardAt) > _timeout)
        {
            OnSessionLost($"it was not heard of for {_timeout.TotalSeconds:0} s");
        }
        else
        {
            _link.Ping(always: ++_ticks % 3 == 0);
        }
    }

    private void OnTerminated(IActorRef actor)
    {
        if (actor.Equals(_link?.Peer))
        {
            OnSessionLost("it has ended");
            return;
        }

        _watchers.Remove(actor);
        OnSubscriberGone(actor);
    }

    private void ScheduleFlush()
    {
        if (!_isFlushScheduled && IsOpen)
        {
            _isFlushScheduled = true;
            Self.Tell(EndOfTurn.Instance, Self);
        }
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }

    private sealed record EndOfTurn : INoSerializationVerificationNeeded
    {
        public static EndOfTurn Instance { get; } = new();
    }
}
