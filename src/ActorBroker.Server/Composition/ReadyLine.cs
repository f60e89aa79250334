using System.Net;
using System.Reflection;

namespace ActorBroker.Server.Composition;

/// <summary>The one line on standard output that says that clients are served, and where.</summary>
internal static class ReadyLine
{
    public static Task PrintAsync(IReadOnlyList<(string Name, IPEndPoint EndPoint)> listeners)
    {
        var version = typeof(ReadyLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        var where = string.Join(", ", listeners.Select(listener => $"{listener.Name} {listener.EndPoint}"));
        return Console.Out.WriteLineAsync($"ActorBroker {version} ready: {where}");
    }
}
