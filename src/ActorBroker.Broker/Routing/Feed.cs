using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Routing;

/// <summary>What this node follows of one entity: where the changes come from, and how far they have come.</summary>
internal abstract class Feed
{
    /// <summary>The entity's actor that answered; null until it has.</summary>
    public IActorRef? Source { get; set; }

    /// <summary>Of the last snapshot or change.</summary>
    public long Version { get; set; }

    /// <summary>The snapshot is complete, and changes follow it.</summary>
    public bool IsLoaded { get; set; }

    /// <summary>Nothing has come since it was asked for, or since it was last looked at.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Who is to be told when it is loaded.</summary>
    public HashSet<IActorRef> Waiters { get; } = [];

    /// <summary>The change is the one that is due.</summary>
    public bool IsNext(IActorRef source, long version) => IsLoaded && source.Equals(Source) && version == Version + 1;
}

/// <summary>The names of a virtual host.</summary>
internal sealed class NamesFeed(string virtualHost) : Feed
{
    public string VirtualHost { get; } = virtualHost;

    /// <summary>The parts of a snapshot that have come.</summary>
    public List<CatalogueName> Received { get; } = [];

    /// <summary>The policies that came with the first part.</summary>
    public VirtualHostPolicies ReceivedPolicies { get; set; } = VirtualHostPolicies.Empty;

    /// <summary>Why the catalogue, which is asked again now and then, cannot say what its names are; null when it can.</summary>
    public Refusal? Refusal { get; set; }

    /// <summary>The names that the catalogue's journal does not keep.</summary>
    public HashSet<CatalogueName> Transient { get; } = [];
}

/// <summary>The routes of an exchange.</summary>
internal sealed class RoutesFeed(ExchangeKey exchange) : Feed
{
    public ExchangeKey Exchange { get; } = exchange;

    /// <summary>The parts of a snapshot that have come.</summary>
    public List<Binding> Received { get; } = [];
}
