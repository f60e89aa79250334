using System.Net;
using System.Reflection;
using ActorBroker.Contracts.Options;

namespace ActorBroker.Server.Composition;

/// <summary>
/// The one line on standard output that says that clients are served, and where; of one of several nodes also where the
/// others reach it. It comes again when the node has joined its cluster again.
/// </summary>
internal static class ReadyLine
{
    public static Task PrintAsync(IReadOnlyList<(string Name, IPEndPoint EndPoint)> listeners, NodeAddress? node)
    {
        var version = typeof(ReadyLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        var places = listeners.Select(static listener => $"{listener.Name} {listener.EndPoint}");
        if (node is not null)
        {
            places = places.Append($"node {node}");
        }

        return Console.Out.WriteLineAsync($"ActorBroker {version} ready: {string.Join(", ", places)}");
    }
}
