namespace ActorBroker.Management;

/// <summary>
/// What the HTTP servers serve, which outlive it: a node that loses its cluster and joins it again is another broker.
/// Set and read on any thread.
/// </summary>
public sealed class ManagedNode
{
    private volatile ManagedBroker? _broker;
    private volatile ManagedBroker? _stopped;
    private volatile bool _isUsed;

    /// <summary>The broker; null while the node does not serve.</summary>
    public ManagedBroker? Broker
    {
        get => _broker;
        set
        {
            _broker = value;
            _stopped = value is null ? _stopped : null;
            if (_isUsed)
            {
                _ = value?.View.BeginAsync();
            }
        }
    }

    /// <summary>
    /// The broker as it was when an operator stopped it: by its users it is known who may start the node again. Null while
    /// the node serves, and where it was not stopped by an operator.
    /// </summary>
    public ManagedBroker? Stopped => _stopped;

    /// <summary>An operator has stopped the broker.</summary>
    public void Stop()
    {
        _stopped = _broker;
        _broker = null;
    }

    /// <summary>Somebody asks: done when the broker, if there is one, is ready to tell of everything.</summary>
    public Task UseAsync()
    {
        _isUsed = true;
        return _broker?.View.BeginAsync() ?? Task.CompletedTask;
    }
}
