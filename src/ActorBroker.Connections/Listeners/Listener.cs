using System.Net.Sockets;
using Akka.Event;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace ActorBroker.Connections.Listeners;

/// <summary>Listens, and hands each accepted socket to what turns it into a connection.</summary>
public static class Listener
{
    /// <summary>
    /// Binds <paramref name="endpoint"/> and accepts until the listener is unbound or the materializer is shut down.
    /// </summary>
    /// <param name="materializer">Runs the listener; <paramref name="onAccepted"/> shares it among the connections.</param>
    /// <param name="endpoint">Where to listen.</param>
    /// <param name="onAccepted">
    /// Called for one socket after the other, and owns it from then on: typically materializes a socket stage joined
    /// with a connection stage. If it throws, the socket is closed and the listener goes on.
    /// </param>
    /// <exception cref="BindException">Through the task: the address cannot be listened on.</exception>
    public static async Task<BoundListener> Bind(ActorMaterializer materializer, ListenerEndpoint endpoint, Action<Socket> onAccepted)
    {
        ArgumentNullException.ThrowIfNull(materializer);
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(onAccepted);

        var stage = new ListenerStage(await endpoint.ResolveAsync().ConfigureAwait(false), endpoint.Backlog);
        return await Source.FromGraph(stage)
            .To(Sink.ForEach<Socket>(socket => Hand(socket, onAccepted, materializer.Logger)))
            .Run(materializer)
            .ConfigureAwait(false);
    }

    private static void Hand(Socket socket, Action<Socket> onAccepted, ILoggingAdapter log)
    {
        try
        {
            onAccepted(socket);
        }
        catch (Exception e)
        {
            log.Error(e, "A connection could not be started");
            socket.Dispose();
        }
    }
}
