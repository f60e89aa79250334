using Xunit;

namespace ActorBroker.Tidy.Tests;

/// <summary>What breaks a rule, one line each: a failed test names all of it.</summary>
internal static class Offences
{
    public static void None(IEnumerable<string> offences)
    {
        var lines = offences.ToList();
        Assert.True(lines.Count == 0, string.Join(Environment.NewLine, lines));
    }
}
