using Xunit;

namespace ActorBroker.Interop.Tests.Hosting;

/// <summary>
/// A test that only makes sense on a broker started by the tests; against a broker named by the environment it is
/// reported as skipped, never as passed.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OwnBrokerFactAttribute : FactAttribute
{
    public OwnBrokerFactAttribute() => Skip = OwnBroker.SkipReason;
}

/// <summary>As <see cref="OwnBrokerFactAttribute"/>, for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OwnBrokerTheoryAttribute : TheoryAttribute
{
    public OwnBrokerTheoryAttribute() => Skip = OwnBroker.SkipReason;
}

/// <summary>As <see cref="OwnBrokerFactAttribute"/>, for a test that looks at the process from outside.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OwnLinuxBrokerFactAttribute : FactAttribute
{
    public OwnLinuxBrokerFactAttribute() =>
        Skip = OwnBroker.SkipReason ?? (OperatingSystem.IsLinux() ? null : "reads /proc and sends signals");
}

internal static class OwnBroker
{
    public static string? SkipReason { get; } =
        BrokerEndpoint.FromEnvironment() is null ? null : $"{BrokerEndpoint.Variable} names a broker that is not ours";
}
