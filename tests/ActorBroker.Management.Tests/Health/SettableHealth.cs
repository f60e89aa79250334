using System.Net;
using ActorBroker.Management.Health;

namespace ActorBroker.Management.Tests.Health;

/// <summary>A node that does as it is told; well until then.</summary>
public sealed class SettableHealth : INodeHealth
{
    public bool HasJoined { get; set; } = true;

    public bool ReachesJournal { get; set; } = true;

    public bool IsServing { get; set; } = true;

    public IReadOnlyList<(string Name, IPEndPoint EndPoint)> Listeners { get; init; } = [];
}
