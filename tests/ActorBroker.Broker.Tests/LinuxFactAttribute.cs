using Xunit;

namespace ActorBroker.Broker.Tests;

/// <summary>A test that needs /proc and the system calls behind it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "reads /proc";
}
