using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Access;

/// <summary>What is kept of a virtual host besides what is in it.</summary>
/// <param name="Description">For people; may be empty.</param>
/// <param name="Tags">For people and tools.</param>
/// <param name="DefaultQueueType">The type of queues that are declared without one; null for the broker's default.</param>
/// <param name="IsProtected">It cannot be deleted until this is taken back.</param>
/// <param name="Journal">
/// Which of several journals keeps what is in it, from its creation on; null for the main one, or what the configuration says.
/// </param>
public sealed record VirtualHostMetadata(
    string Description, IReadOnlyList<string> Tags, QueueType? DefaultQueueType, bool IsProtected, string? Journal = null)
{
    /// <summary>Nothing said.</summary>
    public static VirtualHostMetadata None { get; } = new(string.Empty, [], null, IsProtected: false);

    /// <inheritdoc/>
    public bool Equals(VirtualHostMetadata? other) =>
        other is not null
        && Description == other.Description
        && DefaultQueueType == other.DefaultQueueType
        && IsProtected == other.IsProtected
        && Journal == other.Journal
        && Tags.SequenceEqual(other.Tags);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Description, Tags.Count, DefaultQueueType, IsProtected);
}

/// <summary>A virtual host.</summary>
/// <param name="Name">Unique in the cluster.</param>
/// <param name="Metadata">What is said of it.</param>
/// <param name="IsBeingDeleted">Nobody is let in any more, and what is in it is being deleted.</param>
public sealed record VirtualHost(string Name, VirtualHostMetadata Metadata, bool IsBeingDeleted = false);
