using ActorBroker.Core.Access;
using Akka.Actor;

namespace ActorBroker.Contracts.Access;

/// <summary>
/// Users or virtual hosts have been deleted: on the event stream of each node, for the connections that they end. RabbitMQ
/// leaves connections open whose permissions have gone.
/// </summary>
/// <param name="Users">Those that are no more.</param>
/// <param name="VirtualHosts">Those that are no more, or are being deleted.</param>
public sealed record AccessWithdrawn(IReadOnlySet<string> Users, IReadOnlySet<string> VirtualHosts) : INoSerializationVerificationNeeded
{
    /// <summary>What has gone from one moment to the other; null for nothing.</summary>
    public static AccessWithdrawn? Between(AccessSnapshot before, AccessSnapshot after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        HashSet<string> users = ReferenceEquals(before.Users, after.Users)
            ? []
            : [.. before.Users.Keys.Where(user => !after.Users.ContainsKey(user))];
        HashSet<string> virtualHosts = ReferenceEquals(before.VirtualHosts, after.VirtualHosts)
            ? []
            : [.. before.VirtualHosts.Keys.Where(host => before.IsOpen(host) && !after.IsOpen(host))];
        return users.Count + virtualHosts.Count > 0 ? new AccessWithdrawn(users, virtualHosts) : null;
    }

    /// <summary>Why a connection of this user in this virtual host has to end, in RabbitMQ's words; null when it need not.</summary>
    public string? TextFor(string user, string virtualHost) =>
        VirtualHosts.Contains(virtualHost) ? $"vhost '{virtualHost}' is deleted"
        : Users.Contains(user) ? $"user '{user}' is deleted"
        : null;
}
