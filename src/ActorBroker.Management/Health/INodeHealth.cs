using System.Net;

namespace ActorBroker.Management.Health;

/// <summary>What a node knows of itself, for those who watch over it. Called on any thread, and answers at once.</summary>
public interface INodeHealth
{
    /// <summary>It is a member of its cluster.</summary>
    bool HasJoined { get; }

    /// <summary>Its journal's database answers.</summary>
    bool ReachesJournal { get; }

    /// <summary>Clients can connect; where no client is meant to, entities are served.</summary>
    bool IsServing { get; }

    /// <summary>The listeners that are open, by name.</summary>
    IReadOnlyList<(string Name, IPEndPoint EndPoint)> Listeners { get; }
}
