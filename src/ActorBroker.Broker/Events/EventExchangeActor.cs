using ActorBroker.Broker.Forwarding;
using ActorBroker.Broker.Policies;
using ActorBroker.Contracts.Events;
using ActorBroker.Core.Exchanges;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorBroker.Broker.Events;

/// <summary>
/// Publishes the events of its node to <c>amq.rabbitmq.event</c>, one a node. It is subscribed to them while somebody may
/// be bound to the exchange, which <see cref="Core.Exchanges.Routing.RoutingTables"/> tells from inside the change: events
/// after a bind-ok are published, and while nobody is bound events cost nothing here.
/// <para>
/// At most once: what the queues refuse or lose is lost. Nobody waits for events, so what comes while more than
/// <see cref="BytesUnderWayMax"/> are under way, or <see cref="WaitingMax"/> wait here, is dropped, counted and told in the log.
/// </para>
/// </summary>
internal sealed class EventExchangeActor : UntypedActor, IWithTimers
{
    /// <summary>Bytes of messages that queues have not confirmed, beyond which events are dropped.</summary>
    public const long BytesUnderWayMax = 4 * 1024 * 1024;

    /// <summary>Events that have not been turned into messages, beyond which further ones are dropped.</summary>
    public const int WaitingMax = 10_000;

    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly ForwardingServices _services;
    private readonly MessageForwarder _forwarder;
    private readonly EventText _text;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly EventGate _gate;
    private bool _isFlushDue;

    /// <summary>Use <see cref="Props"/>.</summary>
    public EventExchangeActor(ForwardingServices services, NodePolicies policies, string node)
    {
        _services = services;
        _forwarder = new MessageForwarder(PredeclaredExchanges.Event.VirtualHost, services, Context, static (_, _) => { });
        var system = Context.System;
        var self = Self;
        _gate = new EventGate(self, WaitingMax);
        _text = new EventText(
            new ProcessNames(node),
            exchange => policies.Of(exchange.VirtualHost, system, self)?.OfExchange(exchange.Name).Policy?.Name ?? string.Empty);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The actor that publishes the events of a node.</summary>
    /// <param name="services">By what it publishes.</param>
    /// <param name="policies">The node's.</param>
    /// <param name="node">The node's name, for those who read events.</param>
    public static Props Props(ForwardingServices services, NodePolicies policies, string node) =>
        Akka.Actor.Props.Create(() => new EventExchangeActor(services, policies, node));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        var stream = Context.System.EventStream;
        stream.Subscribe(_gate, typeof(BrokerEvent));
        _services.RoutingTables.Watch(PredeclaredExchanges.Event, mayArrive =>
        {
            if (mayArrive)
                stream.Subscribe(_gate, typeof(BrokerEvent));
            else
                stream.Unsubscribe(_gate, typeof(BrokerEvent));
        });
    }

    /// <inheritdoc/>
    protected override void PostStop() => Context.System.EventStream.Unsubscribe(_gate);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BrokerEvent happened:
                _gate.Took();
                Publish(happened);
                break;
            case FlushDue:
                _isFlushDue = false;
                _forwarder.Flush();
                break;
            case Tick:
                _forwarder.OnTimer();
                TellDropped();
                break;
            default:
                if (!_forwarder.OnMessage(Sender, message))
                    Unhandled(message);
                break;
        }

        if (_forwarder.BytesUnderWay == 0 && !_gate.HasDropped)
            Timers.Cancel(Tick.Instance);
        else if (!Timers.IsTimerActive(Tick.Instance))
            Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TickInterval);
    }

    private void Publish(BrokerEvent happened)
    {
        if (_forwarder.BytesUnderWay >= BytesUnderWayMax)
        {
            _gate.Drop();
            return;
        }

        var now = _services.Clock.GetUtcNow();
        foreach (var (key, headers) in _text.Of(happened, now))
        {
            var format = Core.Messages.MessageFormat.Amqp091;
            _forwarder.Forward(new EventMessage(key, _services.Formats[format].Write(headers, now)) { Format = format, Priority = 0, Body = default });
        }

        // Behind what is in the mailbox already, so that events which come together go together.
        if (!_isFlushDue)
        {
            _isFlushDue = true;
            Self.Tell(FlushDue.Instance);
        }
    }

    private void TellDropped()
    {
        if (_gate.TakeDropped() is > 0 and var dropped)
            _log.Warning("{0} events were dropped: {1}, or the queues that are bound to it, do not keep up", dropped, PredeclaredExchanges.Event);
    }

    private sealed record FlushDue : INoSerializationVerificationNeeded
    {
        public static FlushDue Instance { get; } = new();
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}
