using System.Net;
using ActorBroker.Broker.Clustering;
using ActorBroker.Management.Health;

namespace ActorBroker.Server.Composition;

/// <summary>How the node is, as its runs tell it.</summary>
/// <param name="claim">Looks at the database all the time while the node is a member.</param>
internal sealed class NodeHealth(IClusterClaim claim) : INodeHealth
{
    private volatile IReadOnlyList<(string Name, IPEndPoint EndPoint)> _http = [];
    private volatile State _state = new(HasJoined: false, IsServing: false, []);

    public bool HasJoined => _state.HasJoined;

    public bool ReachesJournal => claim.IsHeld;

    public bool IsServing => _state.IsServing;

    public IReadOnlyList<(string Name, IPEndPoint EndPoint)> Listeners =>
        [.. _state.Listeners, .. _http];

    /// <summary>Where this can be asked, which goes on when the node leaves its cluster.</summary>
    public void Opened(string name, IPEndPoint endPoint) => _http = [.. _http, (name, endPoint)];

    public void Joined() => _state = _state with { HasJoined = true };

    public void Serves(IReadOnlyList<(string Name, IPEndPoint EndPoint)> listeners) => _state = new State(HasJoined: true, IsServing: true, listeners);

    /// <summary>Told as soon as it begins to: a load balancer may look elsewhere before the last client has been closed.</summary>
    public void Leaves() => _state = new State(HasJoined: false, IsServing: false, []);

    private sealed record State(bool HasJoined, bool IsServing, IReadOnlyList<(string Name, IPEndPoint EndPoint)> Listeners);
}
