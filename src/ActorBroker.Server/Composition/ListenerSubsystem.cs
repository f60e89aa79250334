using System.Net;
using ActorBroker.Connections.Listeners;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Streams;

namespace ActorBroker.Server.Composition;

/// <summary>A listener that accepts clients.</summary>
/// <param name="Name">As in actorbroker.listeners.NAME.</param>
/// <param name="EndPoint">The address, with the port that was taken if 0 was asked for.</param>
internal sealed record ServingListener(string Name, IPEndPoint EndPoint);

/// <summary>Binds the enabled listeners, and unbinds them first when the node stops.</summary>
internal static class ListenerSubsystem
{
    /// <exception cref="StartupException">An address cannot be bound; the message names listener and address.</exception>
    public static async Task<IReadOnlyList<ServingListener>> StartAsync(ActorSystem system, BrokerOptions options)
    {
        List<ServingListener> serving = [];
        foreach (var listener in options.Listeners.Where(listener => listener.Enabled))
        {
            serving.Add(await BindAsync(system, listener).ConfigureAwait(false));
        }

        return serving;
    }

    private static async Task<ServingListener> BindAsync(ActorSystem system, ListenerOptions listener)
    {
        try
        {
            var bound = await Listener
                .Bind(system.Materializer(), new ListenerEndpoint(listener.Host, listener.Port), socket => socket.Dispose())
                .ConfigureAwait(false);
            CoordinatedShutdown.Get(system).AddTask(
                CoordinatedShutdown.PhaseServiceUnbind,
                $"unbind-{listener.Name}",
                async () =>
                {
                    await bound.UnbindAsync().ConfigureAwait(false);
                    return Akka.Done.Instance;
                });
            return new ServingListener(listener.Name, bound.EndPoint);
        }
        catch (BindException failure)
        {
            throw new StartupException($"listener {listener.Name}: {failure.Message}", failure);
        }
    }
}
