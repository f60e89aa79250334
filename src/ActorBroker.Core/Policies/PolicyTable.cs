using System.Collections.Concurrent;

namespace ActorBroker.Core.Policies;

/// <summary>A node's policies by virtual host: read by any thread without a lock, written by one.</summary>
public sealed class PolicyTable
{
    private readonly ConcurrentDictionary<string, VirtualHostPolicies> _byVirtualHost = new(concurrencyLevel: 1, capacity: 16, StringComparer.Ordinal);

    /// <summary>The policies of a virtual host; null when this node has not loaded them.</summary>
    public VirtualHostPolicies? Of(string virtualHost) => _byVirtualHost.GetValueOrDefault(virtualHost);

    /// <summary>The policies of a virtual host are these from now on. For the writer.</summary>
    public void Set(string virtualHost, VirtualHostPolicies policies) => _byVirtualHost[virtualHost] = policies;
}
