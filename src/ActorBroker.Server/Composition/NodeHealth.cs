using System.Net;
using ActorBroker.Broker.Clustering;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Options;
using ActorBroker.Management.Health;

namespace ActorBroker.Server.Composition;

/// <summary>How the node is, as its runs tell it.</summary>
/// <param name="claim">Looks at the database all the time while the node is a member.</param>
internal sealed class NodeHealth(IClusterClaim claim) : INodeHealth
{
    private volatile IManagementView? _view;
    private readonly List<(string Name, IPEndPoint EndPoint)> _ofProcess = [];
    private volatile State _state = new(HasJoined: false, IsServing: false, []);

    public bool HasJoined => _state.HasJoined;

    public bool ReachesJournal => claim.IsHeld;

    public bool IsServing => _state.IsServing;

    public IReadOnlyList<(string Name, IPEndPoint EndPoint)> Listeners => [.. _state.Listeners, .. _ofProcess];

    /// <summary>What there is; null while the node does not serve.</summary>
    public IManagementView? View
    {
        get => _view;
        set => _view = value;
    }

    /// <summary>A listener that lives as long as the process. All are told before the node starts.</summary>
    public void Add(string name, IPEndPoint endPoint) => _ofProcess.Add((name, endPoint));

    public void Joined() => _state = _state with { HasJoined = true };

    public void Serves(IReadOnlyList<(string Name, IPEndPoint EndPoint)> listeners) => _state = new State(HasJoined: true, IsServing: true, listeners);

    /// <summary>Told as soon as it begins to: a load balancer may look elsewhere before the last client has been closed.</summary>
    public void Leaves()
    {
        _view = null;
        _state = new State(HasJoined: false, IsServing: false, []);
    }

    private sealed record State(bool HasJoined, bool IsServing, IReadOnlyList<(string Name, IPEndPoint EndPoint)> Listeners);
}
