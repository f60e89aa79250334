using System.Collections.Frozen;

namespace ActorBroker.Broker.Clustering;

/// <summary>The claim of a node whose journal is a file: the process holds its data folder, so there is no other node.</summary>
public sealed class LocalClaim : IClusterClaim
{
    /// <inheritdoc/>
    public bool IsHeld => true;

    /// <inheritdoc/>
    public Task<bool> TryBeginAsync(CancellationToken stop) => Task.FromResult(true);

    /// <inheritdoc/>
    public Task HoldAsync(CancellationToken stop) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<string> DescribeHoldersAsync(CancellationToken stop) => Task.FromResult("this node");

    /// <inheritdoc/>
    public Task<IReadOnlySet<string>> HoldersAsync(CancellationToken stop) => Task.FromResult<IReadOnlySet<string>>(FrozenSet<string>.Empty);

    /// <inheritdoc/>
    public Task ReleaseAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
