using ActorBroker.Contracts.Access;
using Akka.Actor;

namespace ActorBroker.Contracts.Management;

/// <summary>Where parts of a node's process find its <see cref="IManagementView"/>, and its users.</summary>
public sealed class SystemManagement : IExtension
{
    private volatile IManagementView? _view;
    private volatile IReadOnlyList<ListenerInfo> _listeners = [];
    private volatile UserServices? _users;

    /// <summary>Null before the node has started, and where nobody may ask.</summary>
    public IManagementView? View
    {
        get => _view;
        set => _view = value;
    }

    /// <summary>Ports that the node serves, as they are bound.</summary>
    public IReadOnlyList<ListenerInfo> Listeners
    {
        get => _listeners;
        set => _listeners = value;
    }

    /// <summary>Null before the node has started.</summary>
    public UserServices? Users
    {
        get => _users;
        set => _users = value;
    }

    /// <summary>That of an actor system.</summary>
    public static SystemManagement Of(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.WithExtension<SystemManagement, Provider>();
    }

    /// <summary>Makes one for each actor system.</summary>
    public sealed class Provider : ExtensionIdProvider<SystemManagement>
    {
        /// <inheritdoc/>
        public override SystemManagement CreateExtension(ExtendedActorSystem system) => new();
    }
}
