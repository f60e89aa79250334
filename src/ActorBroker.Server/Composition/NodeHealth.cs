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
    private volatile State _state = new(HasJoined: false, IsServing: false, []);

    public bool HasJoined => _state.HasJoined;

    public bool ReachesJournal => claim.IsHeld;

    public bool IsServing => _state.IsServing;

    public IReadOnlyList<(string Name, IPEndPoint EndPoint)> Listeners =>
    [
        .. _state.Listeners,
        .. Http is null ? Array.Empty<(string, IPEndPoint)>() : [(ListenerOptions.Http, Http)],
        .. Prometheus is null ? Array.Empty<(string, IPEndPoint)>() : [(ListenerOptions.Prometheus, Prometheus)],
    ];

    /// <summary>Where its metrics can be had; null where they cannot.</summary>
    public IPEndPoint? Prometheus { get; set; }

    /// <summary>What there is; null while the node does not serve.</summary>
    public IManagementView? View
    {
        get => _view;
        set => _view = value;
    }

    /// <summary>Where this can be asked; null where it cannot.</summary>
    public IPEndPoint? Http { get; set; }

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
