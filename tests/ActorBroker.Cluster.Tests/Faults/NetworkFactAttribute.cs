using ActorBroker.Testing.Networks;
using Xunit;

namespace ActorBroker.Cluster.Tests.Faults;

/// <summary>A test that needs network namespaces; where there are none it is skipped, and says why.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NetworkFactAttribute : FactAttribute
{
    public NetworkFactAttribute() => Skip = NodeNetwork.SkipReason;
}

/// <summary>As <see cref="NetworkFactAttribute"/>, for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NetworkTheoryAttribute : TheoryAttribute
{
    public NetworkTheoryAttribute() => Skip = NodeNetwork.SkipReason;
}
