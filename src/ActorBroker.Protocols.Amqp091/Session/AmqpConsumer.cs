using System.Text;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Statistics;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>A consumer of a channel, or the getter that stands for a channel's basic.get of one queue.</summary>
/// <param name="id">Unique in the connection for good.</param>
/// <param name="channel">The channel.</param>
/// <param name="tag">The consumer tag; a getter's queue.</param>
/// <param name="queue">Null for direct reply-to.</param>
/// <param name="noAck">Deliveries need no acknowledgement.</param>
/// <param name="isGetter">A getter.</param>
internal sealed class AmqpConsumer(int id, Amqp091Channel channel, string tag, string? queue, bool noAck, bool isGetter)
{
    private const int TemplatesMax = 256;

    private readonly byte[] _tagUtf8 = Encoding.UTF8.GetBytes(tag);
    private Dictionary<MessageRoute, BasicDeliverTemplate>? _templates;
    private MessageRoute? _lastRoute;
    private BasicDeliverTemplate? _lastTemplate;

    /// <summary>Unique in the connection for good.</summary>
    public int Id { get; } = id;

    public Amqp091Channel Channel { get; } = channel;

    public string Tag { get; } = tag;

    /// <summary>Null for direct reply-to.</summary>
    public string? Queue { get; } = queue;

    public bool NoAck { get; } = noAck;

    public bool IsGetter { get; } = isGetter;

    /// <summary>The window that the broker was told of; 0 until the consumer has started.</summary>
    public int WindowBytes { get; set; }

    /// <summary>Segments not encoded yet. Bounded by the consumer's window.</summary>
    public Queue<DeliverySegment> Arrived { get; } = new();

    /// <summary>How many messages of the oldest segment are encoded already.</summary>
    public int EncodedOfFirst { get; set; }

    /// <summary>In the connection's queue of consumers with something to encode.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Deliveries accepted and not settled, the ones in <see cref="Arrived"/> included. Not counted without acknowledgements.</summary>
    public long Outstanding { get; set; }

    /// <summary>Bytes that have left and are not given back to the broker's window yet.</summary>
    public int BytesToGrant { get; set; }

    /// <summary>Held back for the channel's limit.</summary>
    public bool IsPaused { get; set; }

    /// <summary>The client cancelled it: the broker forgets it when the last delivery is settled.</summary>
    public bool IsStopped { get; set; }

    /// <summary>The broker has forgotten it: settling its deliveries means nothing.</summary>
    public bool IsGone { get; set; }

    /// <summary>Settled positions that the session has not been told of, kept to be joined with their neighbours.</summary>
    public PositionRange Settled { get; set; }

    public SettleOutcome SettledOutcome { get; set; }

    /// <summary>Where the channel counts what comes of the queue; null before there is something, where nobody watches, and without room.</summary>
    public QueuePair? Pair { get; set; }

    /// <summary>The basic.deliver frame for messages of a route.</summary>
    public BasicDeliverTemplate TemplateFor(MessageRoute route)
    {
        if (ReferenceEquals(route, _lastRoute))
            return _lastTemplate!;
        if (_lastTemplate is null || !_lastTemplate.IsForTarget(route.Encoded))
            _lastTemplate = Find(route);
        _lastRoute = route;
        return _lastTemplate;
    }

    private BasicDeliverTemplate Find(MessageRoute route)
    {
        _templates ??= [];
        if (_templates.TryGetValue(route, out var template))
            return template;
        if (_templates.Count >= TemplatesMax)
            _templates.Clear();
        template = new BasicDeliverTemplate(Channel.Number, _tagUtf8, route.ExchangeUtf8, route.RoutingKeyUtf8);
        _templates.Add(route, template);
        return template;
    }
}
