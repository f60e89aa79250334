namespace ActorBroker.Testing.Load;

/// <summary>One client of a load, on a connection of its own.</summary>
public interface ILoadClient
{
    /// <summary>Works until the connection has broken, and returns when all that it saw is taken down.</summary>
    /// <param name="round">The broker's run, counted from 1.</param>
    /// <param name="onReady">To be called once, as soon as it works.</param>
    Task RunUntilBrokenAsync(int round, Action onReady);
}
