namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>Whether a virtual host is traced, as this node knows it. One object for good, for any thread.</summary>
public sealed class TracingSwitch
{
    private volatile bool _isOn;

    /// <summary>What passes through the virtual host is copied to its trace exchange.</summary>
    public bool IsOn
    {
        get => _isOn;
        internal set => _isOn = value;
    }
}
