namespace ActorBroker.Broker.Clustering;

/// <summary>
/// What the journal's database knows of the cluster on it: whether there is one. A node begins a cluster only with
/// <see cref="TryBeginAsync"/>, and every member holds the claim as long as it is one, so that two clusters never share a
/// journal: not those of two nodes that start at the same moment, nor that of a node which its cluster has given up.
/// </summary>
public interface IClusterClaim : IAsyncDisposable
{
    /// <summary>The database has answered lately that this node is a member.</summary>
    bool IsHeld { get; }

    /// <summary>Whether this node may begin a cluster: no other node is a member of one, nor about to begin one.</summary>
    /// <exception cref="ClusterClaimException">The database does not answer; it may later.</exception>
    Task<bool> TryBeginAsync(CancellationToken stop);

    /// <summary>This node is a member from now on, until <see cref="ReleaseAsync"/>. Goes on by itself when the database comes back.</summary>
    Task HoldAsync(CancellationToken stop);

    /// <summary>The members as the database knows them, for people.</summary>
    /// <exception cref="ClusterClaimException">The database does not answer; it may later.</exception>
    Task<string> DescribeHoldersAsync(CancellationToken stop);

    /// <summary>
    /// The members as the database knows them, each as <c>HOST:PORT</c>. A node whose machine is gone stays among them until
    /// the database has noticed, for some ten seconds.
    /// </summary>
    /// <exception cref="ClusterClaimException">The database does not answer; it may later.</exception>
    Task<IReadOnlySet<string>> HoldersAsync(CancellationToken stop);

    /// <summary>This node is a member no more; it may become one again.</summary>
    Task ReleaseAsync();
}
