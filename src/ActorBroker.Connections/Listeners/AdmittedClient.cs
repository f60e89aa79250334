using System.Net;

namespace ActorBroker.Connections.Listeners;

/// <summary>A connection as <see cref="ClientAdmission"/> counts it, until it is disposed. For any thread; harmless when repeated.</summary>
public sealed class AdmittedClient : IDisposable
{
    private readonly ClientAdmission _admission;
    private Action? _disconnect;

    internal AdmittedClient(ClientAdmission admission, Action disconnect)
    {
        _admission = admission;
        _disconnect = disconnect;
    }

    internal LinkedListNode<AdmittedClient>? Place { get; set; }

    internal IPAddress? CountedAddress { get; set; }

    /// <summary>Counts the connection for its address, which is known now; false where it has too many, and this one is to end.</summary>
    public bool TryCount(IPAddress address) => _admission.TryCount(this, address);

    /// <summary>The client has authenticated, and is displaced by nobody any more.</summary>
    public void MakeKnown()
    {
        _admission.MakeKnown(this);
        _disconnect = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _admission.End(this);
        _disconnect = null;
    }

    internal void Disconnect() => Interlocked.Exchange(ref _disconnect, null)?.Invoke();
}
