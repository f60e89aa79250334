using ActorBroker.Broker.Forwarding;
using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.DeadLetters;

/// <summary>
/// Sees to what one queue gives up: gives the messages their headers, publishes them to the dead letter exchange, and
/// tells the queue when it may forget them. A child of the queue's actor, which makes it when there is something to
/// give up and bounds what it has in hand; nothing of it is persistent, for what it has not reported is still the
/// queue's.
/// <para>
/// At most once: a message that no queue takes, that is refused or lost, is lost. At least once: it is kept and tried
/// again, as soon as the exchange or a route appears, else after 1 s and then twice as long each time up to 30 s, where
/// it has not arrived yet. What may arrive twice by that, or because the queue was stopped in between, says so in the
/// header <c>x-dead-letter-repeated</c>. What an exchange's stage gives up is kept unless no queue is bound.
/// </para>
/// If it fails it stops, and the queue gives what was not reported to a new one.
/// </summary>
internal sealed class DeadLetterActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(30);

    private readonly QueueKey _queue;
    private readonly ForwardingServices _services;
    private readonly MessageForwarder _forwarder;
    private readonly ForwardRoutes _wanted;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<GivenUpMessage> _kept = [];
    private readonly PositionSet _done = new();
    private DeadLetterTarget _target;
    private TimeSpan _backoff = TickInterval;
    private long _keptSince;
    private bool _lacksRoute;

    /// <summary>Use <see cref="Props"/>.</summary>
    public DeadLetterActor(QueueKey queue, DeadLetterTarget target, ForwardingServices services)
    {
        _queue = queue;
        _target = target;
        _services = services;
        _forwarder = new MessageForwarder(queue.VirtualHost, services, Context, (message, outcome) => OnForwarded((GivenUpMessage)message, outcome));
        _wanted = new ForwardRoutes(services.RoutingTables, services.Formats);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The actor that sees to a queue's dead letters.</summary>
    public static Props Props(QueueKey queue, DeadLetterTarget target, ForwardingServices services) =>
        Akka.Actor.Props.Create(() => new DeadLetterActor(queue, target, services));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ForwardDeadLetters dead:
                OnForward(dead);
                break;
            case SetDeadLetterTarget set:
                _target = set.Target;
                Retry();
                break;
            case Tick:
                OnTick();
                break;
            default:
                if (!_forwarder.OnMessage(Sender, message))
                {
                    Unhandled(message);
                }

                break;
        }

        TellDone();
        if (_forwarder.BytesUnderWay + _kept.Count == 0)
        {
            Timers.Cancel(Tick.Instance);
        }
        else if (!Timers.IsTimerActive(Tick.Instance))
        {
            Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TickInterval);
        }
    }

    /// <inheritdoc/>
    protected override void PostRestart(Exception reason) => Context.Stop(Self);

    private void OnForward(ForwardDeadLetters dead)
    {
        var now = _services.Clock.GetUtcNow().ToUnixTimeSeconds();
        foreach (var segment in dead.Segments)
        {
            foreach (var message in GivenUpMessage.Of(segment, now))
            {
                Forward(message);
            }
        }

        _forwarder.Flush();
    }

    private void Forward(GivenUpMessage message)
    {
        message.Address(_queue, _target, _services.Formats);
        _forwarder.Forward(message);
    }

    private void OnForwarded(GivenUpMessage message, ForwardOutcome outcome)
    {
        if (outcome == ForwardOutcome.Confirmed)
        {
            _backoff = TickInterval;
            _done.Add(new PositionRange(message.Position, 1));
        }
        else if (IsLostBy(outcome))
        {
            _done.Add(new PositionRange(message.Position, 1));
        }
        else
        {
            Keep(message, outcome);
        }
    }

    private bool IsLostBy(ForwardOutcome outcome) => _target switch
    {
        { Stage: not null } => outcome is ForwardOutcome.NoRoute or ForwardOutcome.NoExchange,
        { Strategy: DeadLetterStrategy.AtMostOnce } => true,
        _ => false,
    };

    private void Keep(GivenUpMessage message, ForwardOutcome outcome)
    {
        if (_kept.Count == 0)
        {
            _keptSince = _services.Clock.GetTimestamp();
            _log.Warning(
                "{0}: dead letters do not get to {1} ({2}); they are kept and tried again",
                _queue, new ExchangeKey(_queue.VirtualHost, _target.Exchange), outcome);
        }

        message.IsRepeated |= outcome == ForwardOutcome.Failed;
        _kept.Add(message);
        if (outcome is ForwardOutcome.NoRoute or ForwardOutcome.NoExchange)
        {
            _lacksRoute = true;
            _wanted.Find(message);
        }
    }

    private void OnTick()
    {
        _forwarder.OnTimer();
        if (_kept.Count == 0)
        {
            return;
        }

        if (_lacksRoute && !_wanted.IsCurrent)
        {
            Retry();
        }
        else if (_services.Clock.GetElapsedTime(_keptSince) >= _backoff)
        {
            _backoff = _backoff * 2 < BackoffMax ? _backoff * 2 : BackoffMax;
            Retry();
        }
    }

    private void Retry()
    {
        GivenUpMessage[] kept = [.. _kept.OrderBy(static message => message.Position)];
        _kept.Clear();
        _lacksRoute = false;
        foreach (var message in kept)
        {
            Forward(message);
        }

        _forwarder.Flush();
    }

    private void TellDone()
    {
        if (!_done.IsEmpty)
        {
            Context.Parent.Tell(new DeadLettersDone(_done.ToArray()));
            _done.Clear();
        }
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}
