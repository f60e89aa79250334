using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Connections.Sessions;

/// <summary>An exchange and routing key with the queues that they led to when last looked up.</summary>
/// <param name="route">Exchange and routing key as messages keep them.</param>
/// <param name="exchange">The exchange.</param>
/// <param name="routingKey">The routing key.</param>
/// <param name="isOfBroker">The broker itself publishes: internal exchanges take its messages too.</param>
internal sealed class SessionTarget(MessageRoute route, ExchangeKey exchange, string routingKey, bool isOfBroker = false) : PublishTarget(route)
{
    private RouteSources _sources;
    private bool _isReady;

    public ExchangeKey Exchange { get; } = exchange;

    public string RoutingKey { get; } = routingKey;

    /// <summary>The key names a client that waits for replies: no exchange is asked.</summary>
    public bool IsReply { get; } = exchange.Name.Length == 0 && DirectReply.IsName(routingKey);

    public bool IsOfBroker { get; } = isOfBroker;

    /// <summary>What goes there is counted here; null before somebody watches.</summary>
    public ExchangeCounters? Counters { get; set; }

    /// <summary>The queues; empty when each message has its own.</summary>
    public QueueLink[] Links { get; private set; } = [];

    /// <summary>Each message has to be routed by itself.</summary>
    public bool IsPerMessage { get; private set; }

    /// <summary>The slab that <see cref="RouteIndex"/> is for.</summary>
    public int SlabStamp { get; set; }

    /// <summary>Index of the route in the slab that is being built.</summary>
    public int RouteIndex { get; set; }

    /// <summary>How often the queues have been looked up.</summary>
    public int LookUps { get; private set; }

    /// <summary>Nothing has changed since the queues were looked up.</summary>
    public bool IsCurrent
    {
        get
        {
            if (!_isReady || (!IsReply && !_sources.AreCurrent()))
            {
                return false;
            }

            foreach (var link in Links)
            {
                if (link.IsGone)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>The version of permissions by which it may be published to, or -1 when that is not known.</summary>
    public long PermittedBy { get; set; } = -1;

    /// <summary>It may not be published to.</summary>
    public void Refuse(Refusal refusal)
    {
        Refusal = refusal;
        PermittedBy = -1;
    }

    /// <summary>Replies go to this connection.</summary>
    public void LeadTo(QueueLink[] connection)
    {
        Links = connection;
        LookUps++;
        _isReady = true;
    }

    /// <summary>The queues were looked up; the links are none where each message has to be routed by itself.</summary>
    public void LeadTo(QueueLink[] queues, RouteResult found)
    {
        IsPerMessage = found.IsPerMessage;
        _sources = found.Sources;
        LeadTo(queues);
    }
}
