namespace ActorBroker.Management;

/// <summary>
/// Stops and starts the node of this process, whose HTTP goes on meanwhile. For any thread; each ends when it is done, and
/// at once where nothing is to be done. The wait for it can be given up, not the thing itself.
/// </summary>
public interface INodeSwitch
{
    /// <summary>Clients are served.</summary>
    bool IsServing { get; }

    /// <summary>The node closes its clients' connections and leaves its cluster, as at the end of its process.</summary>
    /// <exception cref="InvalidOperationException">It is on its way to something else.</exception>
    Task StopAsync();

    /// <summary>The node joins its cluster again and serves clients.</summary>
    /// <exception cref="InvalidOperationException">It is on its way to something else.</exception>
    /// <exception cref="StartupException">It could not start, and is stopped as before.</exception>
    Task StartAsync();

    /// <summary>Everything that the node alone keeps is deleted, so that it starts as a new one; what it shared stays with the other nodes.</summary>
    /// <exception cref="InvalidOperationException">It is not stopped.</exception>
    /// <exception cref="NotSupportedException">Its journal is a database, and no other node serves that.</exception>
    /// <exception cref="StartupException">It cannot be deleted, or the database cannot be asked about other nodes.</exception>
    Task ResetAsync();
}
