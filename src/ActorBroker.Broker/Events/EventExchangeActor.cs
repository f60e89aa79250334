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
/// <see cref="BytesUnderWayMax"/> are under way is dropped, counted and told in the log.
/// </para>
/// </summary>
internal sealed class EventExchangeActor : UntypedActor, IWithTimers
{
    /// <summary>Bytes of messages that queues have not confirmed, beyond which events are dropped.</summary>
    public const long BytesUnderWayMax = 4 * 1024 * 1024;

    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly ForwardingServices _services;
    private readonly MessageForwarder _forwarder;
    private readonly EventText _text;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private bool _isFlushDue;
    private long _dropped;

    /// <summary>Use <see cref="Props"/>.</summary>
    public EventExchangeActor(ForwardingServices services, NodePolicies policies, string node)
    {
        _services = services;
        _forwarder = new MessageForwarder(PredeclaredExchanges.Event.VirtualHost, services, Context, static (_, _) => { });
        var system = Context.System;
        var self = Self;
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
        var self = Self;
        stream.Subscribe(self, typeof(BrokerEvent));
        _services.RoutingTables.Watch(PredeclaredExchanges.Event, mayArrive =>
        {
            if (mayArrive)
                stream.Subscribe(self, typeof(BrokerEvent));
            else
                stream.Unsubscribe(self, typeof(BrokerEvent));
        });
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BrokerEvent happened:
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

        if (_forwarder.BytesUnderWay == 0 && _dropped == 0)
            Timers.Cancel(Tick.Instance);
        else if (!Timers.IsTimerActive(Tick.Instance))
            Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TickInterval);
    }

    private void Publish(BrokerEvent happened)
    {
        if (_forwarder.BytesUnderWay >= BytesUnderWayMax)
        {
            _dropped++;
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
        if (_dropped > 0)
            _log.Warning("{0} events were dropped: the queues that are bound to {1} do not keep up", _dropped, PredeclaredExchanges.Event);
        _dropped = 0;
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
