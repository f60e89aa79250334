using ActorBroker.Broker.Forwarding;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Exchanges;

/// <summary>
/// Copies what an exchange remembers to a destination that is being bound, oldest first. A child of the exchange's actor,
/// for one binding: it consumes the hidden queue with the history (so that what has left memory is read back, and no more
/// is under way than its window) and settles nothing, so that all is in its place again when it has gone.
/// <para>
/// It says <see cref="HistoryCopied"/> when the destination has all that was there, goes on with what comes until
/// <see cref="CopyTheRest"/>, and says so again when that has arrived too. Whatever fails on the way ends it with a
/// refusal, what is refused by the destination counts as copied. If it fails itself, it stops.
/// </para>
/// </summary>
internal sealed class HistoryCopyActor : UntypedActor, IWithTimers
{
    private const int ConsumerId = 1;
    private const int WindowBytes = 1 << 20;

    // The forwarder's count up from 1, those of questions down from here.
    private const long ResolveRequest = -1;
    private const long StartRequest = -2;

    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly ExchangeKey _source;
    private readonly QueueKey _history;
    private readonly Destination _destination;
    private readonly ForwardingServices _services;
    private readonly MessageForwarder _forwarder;
    private IActorRef? _queue;
    private long _received;
    private long _skipped;
    private long _creditBytes;
    private long _question = StartRequest;

    // How many there will be; null while that is not known.
    private long? _target;
    private bool _isLast;
    private bool _isReported;

    /// <summary>Use <see cref="Props"/>.</summary>
    public HistoryCopyActor(ExchangeKey source, ExchangeDefinition definition, Destination destination, ForwardingServices services)
    {
        _source = source;
        _history = new QueueKey(source.VirtualHost, Stage.NameOf(source.Name));
        _destination = destination;
        _services = services;
        LengthMax = StageDefinition.HistoryLengthOf(definition.Arguments);
        _forwarder = new MessageForwarder(source.VirtualHost, services, Context, (message, outcome) => OnForwarded((HistoryMessage)message, outcome));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private long LengthMax { get; }

    /// <summary>The actor that copies the history of an exchange to a destination.</summary>
    public static Props Props(ExchangeKey source, ExchangeDefinition definition, Destination destination, ForwardingServices services) =>
        Akka.Actor.Props.Create(() => new HistoryCopyActor(source, definition, destination, services));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TickInterval);
        Resolve();
    }

    /// <inheritdoc/>
    protected override void PostRestart(Exception reason) => Context.Stop(Self);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case QueueResolved { RequestId: ResolveRequest } resolved:
                OnResolved(resolved.Actor);
                break;
            case QueueAnswered { RequestId: ResolveRequest, Refusal.Reason: RefusalReason.NotFound }:
                // A transient history whose actor failed is lost, and nothing to wait for.
                _target = 0;
                break;
            case QueueAnswered { RequestId: < 0 } answered:
                Refuse(answered.Refusal!);
                return;
            case QueueDescribed described when described.RequestId == _question:
                OnDescribed(described);
                break;
            case DeliverMessages deliver:
                OnDelivered(deliver.Segments);
                break;
            case CopyTheRest:
                _isLast = true;
                _isReported = false;
                if (_queue is not null)
                {
                    Ask();
                }

                break;
            case Tick:
                _forwarder.OnTimer();
                OnTick();
                break;
            case Terminated terminated when terminated.ActorRef.Equals(_queue):
            case ConsumerCancelled or ConsumerTimedOut:
                Refuse(Unavailable("was interrupted"));
                return;
            case ConsumerStarted or QueueDescribed:
                break;
            default:
                if (!_forwarder.OnMessage(Sender, message))
                {
                    Unhandled(message);
                }

                break;
        }

        GrantCredit();
        Report();
    }

    private void Resolve() => _services.QueueRegion(Context.System).Tell(new ResolveQueue(_history, ResolveRequest), Self);

    private void OnResolved(IActorRef queue)
    {
        // Asked twice, answered twice.
        if (_queue is null)
        {
            _queue = Context.Watch(queue);
            Ask();
            var settings = new ConsumerSettings(string.Empty, NoAck: false, Exclusive: false, PrefetchCount: 0, WindowBytes, ArgumentTable.Empty);
            queue.Tell(new StartConsumer(StartRequest, ConsumerId, settings, new Origin(string.Empty, _source.Name, _services.Clock.GetUtcNow())), Self);
        }
    }

    // How much there is: the answer comes behind all that the queue has delivered so far.
    private void Ask()
    {
        _target = null;
        AskAgain();
    }

    private void AskAgain() => _queue!.Tell(new DescribeQueue(_history, --_question), Self);

    private void OnDescribed(QueueDescribed described)
    {
        var target = _received + described.ReadyCount;
        if (_received == 0)
        {
            // After a crash more may be there than should be, until the next message comes.
            _skipped = Math.Max(0, target - LengthMax);
        }

        // When asked again: what turns out not to be readable does not come.
        _target = Math.Min(_target ?? target, target);
    }

    private void OnDelivered(DeliverySegment[] segments)
    {
        foreach (var segment in segments)
        {
            for (var i = 0; i < segment.Count; i++)
            {
                var message = HistoryMessage.Of(_source, _destination, segment.Batch, segment.StartIndex + i, _services.Formats);
                if (_received++ < _skipped)
                {
                    _creditBytes += message.RecordLength;
                }
                else
                {
                    _forwarder.Forward(message);
                }
            }
        }

        _forwarder.Flush();
    }

    private void OnForwarded(HistoryMessage message, ForwardOutcome outcome)
    {
        _creditBytes += message.RecordLength;
        if (outcome == ForwardOutcome.Failed)
        {
            Refuse(Unavailable("did not get to its destination"));
        }
    }

    private void GrantCredit()
    {
        if (_creditBytes > 0)
        {
            _queue?.Tell(new GrantCredit(ConsumerId, (int)_creditBytes), Self);
            _creditBytes = 0;
        }
    }

    private void OnTick()
    {
        if (_queue is null)
        {
            Resolve();
        }
        else if (_target > _received)
        {
            AskAgain();
        }
    }

    private void Report()
    {
        if (_isReported || _target is not { } target || _received < target || _forwarder.BytesUnderWay > 0)
        {
            return;
        }

        _isReported = true;
        if (_isLast)
        {
            // Told before the exchange is: who reads the history next finds all of it.
            _queue?.Tell(new CloseConsumer(ConsumerId), Self);
            Context.Stop(Self);
        }

        Context.Parent.Tell(new HistoryCopied(Refusal: null), Self);
    }

    private void Refuse(Refusal refusal)
    {
        if (!_isReported || !_isLast)
        {
            _isReported = true;
            _isLast = true;
            _queue?.Tell(new CloseConsumer(ConsumerId), Self);
            Context.Parent.Tell(new HistoryCopied(refusal), Self);
            Context.Stop(Self);
        }
    }

    private Refusal Unavailable(string what) => new(RefusalReason.Unavailable, $"the history of {_source} {what}");

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}
