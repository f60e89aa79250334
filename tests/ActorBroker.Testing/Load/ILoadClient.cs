using RabbitMQ.Client;

namespace ActorBroker.Testing.Load;

/// <summary>One client of a load, on one connection after the other.</summary>
public interface ILoadClient
{
    /// <summary>When the last thing was begun that has come to its end: confirmed, settled, answered.</summary>
    DateTimeOffset WorkedAt { get; }

    /// <summary>What ended its last connection, or its use of it; null where nothing but the connection's own end is known.</summary>
    Exception? BrokenBy => null;

    /// <summary>
    /// Works until the connection is of no more use, and returns when all that was seen on it is taken down. What broke is
    /// not said, and the connection is the caller's to close.
    /// </summary>
    /// <param name="connection">For this client alone.</param>
    /// <param name="round">The number of the connection, counted up from 1 for each client.</param>
    /// <param name="onReady">To be called once, as soon as it works.</param>
    /// <param name="end">Asks to come to an end in good order.</param>
    Task RunUntilBrokenAsync(IConnection connection, int round, Action onReady, CancellationToken end = default);
}
