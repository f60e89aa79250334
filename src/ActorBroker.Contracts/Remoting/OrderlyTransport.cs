using System.Collections.Immutable;
using Akka.Actor;
using Akka.Remote;

namespace ActorBroker.Contracts.Remoting;

/// <summary>
/// Akka.Remote's transport, by which a node's endpoint is replaced only when its predecessor has ended. Akka.Remote itself
/// (1.5.74, <c>EndpointRegistry.UnregisterEndpoint</c>) takes the end of an endpoint that was quarantined for that of
/// whichever is registered for the address by then. So a message that is sent between the two, as to a node that was killed
/// and started again at once, leaves an endpoint that nobody knows beside the one that the next message begins: both number
/// system messages of their own, and end each other's connection at the other side again and again, until one of the
/// nodes is given up. So nothing is sent to a node between its quarantine and the end of its endpoint
/// (<see cref="EndpointSuccessionActor"/>).
/// </summary>
internal sealed class OrderlyTransport(RemoteTransport below) : RemoteTransport(below.System, below.Provider)
{
    // Almost always empty, and looked at with each message.
    private ImmutableDictionary<Address, HeldSends> _held = ImmutableDictionary<Address, HeldSends>.Empty;

    /// <inheritdoc/>
    public override ISet<Address> Addresses => below.Addresses;

    /// <inheritdoc/>
    public override Address DefaultAddress => below.DefaultAddress;

    /// <inheritdoc/>
    public override void Start() => below.Start();

    /// <inheritdoc/>
    public override Task Shutdown() => below.Shutdown();

    /// <inheritdoc/>
    public override void Send(object message, IActorRef sender, RemoteActorRef recipient)
    {
        var held = Volatile.Read(ref _held);
        if (held.IsEmpty || !held.TryGetValue(recipient.Path.Address, out var sends) || !sends.TryKeep(message, sender, recipient))
        {
            below.Send(message, sender, recipient);
        }
    }

    /// <inheritdoc/>
    public override Task<bool> ManagementCommand(object cmd) => below.ManagementCommand(cmd);

    /// <inheritdoc/>
    public override Task<bool> ManagementCommand(object cmd, CancellationToken cancellationToken) => below.ManagementCommand(cmd, cancellationToken);

    /// <inheritdoc/>
    public override Address LocalAddressForRemote(Address remote) => below.LocalAddressForRemote(remote);

    /// <inheritdoc/>
    public override void Quarantine(Address address, int? uid) => below.Quarantine(address, uid);

    /// <summary>Keeps what is told actors of a node until <see cref="Release"/>.</summary>
    public void Hold(Address node) => ImmutableInterlocked.GetOrAdd(ref _held, node, static (_, transport) => new HeldSends(transport), below);

    /// <summary>Sends what was kept.</summary>
    public void Release(Address node)
    {
        // Known until all is sent: who finds nothing held sends at once, and would overtake what was told before.
        if (Volatile.Read(ref _held).TryGetValue(node, out var sends))
        {
            sends.Release();
            ImmutableInterlocked.TryRemove(ref _held, node, out _);
        }
    }
}
