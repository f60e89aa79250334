using System.Net;

namespace ActorBroker.Connections.Listeners;

/// <summary>A socket that is being listened on.</summary>
public sealed class BoundListener
{
    private readonly Action _unbind;
    private readonly Task _unbound;

    internal BoundListener(IPEndPoint endPoint, Action unbind, Task unbound)
    {
        EndPoint = endPoint;
        _unbind = unbind;
        _unbound = unbound;
    }

    /// <summary>The address, with the port that was taken if port 0 was asked for.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>
    /// Stops accepting; connections already accepted live on. The task ends when the address is free again. Harmless
    /// when repeated, or when the listener has stopped by itself.
    /// </summary>
    public Task UnbindAsync()
    {
        _unbind();
        return _unbound;
    }
}
