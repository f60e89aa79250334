using System.Collections.Frozen;
using ActorBroker.Contracts.Options;
using Akka.Actor;

namespace ActorBroker.Server.Composition;

/// <summary>Two clusters on one database: what the nodes of one know of each other, beside what the database knows of all.</summary>
/// <param name="members">The members of this node's cluster, each as <c>HOST:PORT</c>.</param>
/// <param name="holders">The members of any cluster that the database knows.</param>
internal sealed class ClusterSides(IReadOnlySet<string> members, IReadOnlySet<string> holders)
{
    private readonly string[] _others = [.. holders.Where(holder => !members.Contains(holder))];

    /// <summary>
    /// As a node sees it. Where the database does not know the node itself, by that name, nothing follows from what it knows.
    /// </summary>
    public static ClusterSides Of(Address self, IEnumerable<Address> members, IReadOnlySet<string> holders) =>
        new(members.Select(NameOf).ToFrozenSet(StringComparer.Ordinal), holders.Contains(NameOf(self)) ? holders : FrozenSet<string>.Empty);

    /// <summary>The database knows of members that are none of this node's cluster.</summary>
    public bool AreTwo => _others.Length > 0;

    /// <summary>The other cluster has more members, or as many and the first of all in the order of names.</summary>
    public bool IsTheOtherLarger =>
        _others.Length > members.Count
        || (_others.Length == members.Count && string.CompareOrdinal(_others.Min(StringComparer.Ordinal), members.Min(StringComparer.Ordinal)) < 0);

    // As the claim is named in the database, not as Akka names a node: that has the actor system's name before it.
    private static string NameOf(Address node) => new NodeAddress(node.Host ?? string.Empty, node.Port ?? 0).ToString();
}
