using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Event;
using ActorBroker.Contracts.Serialization;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace ActorBroker.Contracts.Transfer;

/// <summary>
/// What the actors of this node tell those of others. A message's form of up to <see cref="PartLimits.PartBytes"/> goes
/// whole, straight to its recipient. With a longer one begins a line from its sender to that node: it is cut into parts,
/// which go from the <see cref="TransferActor"/> of this node to that of the other one, as far as that has room, and what the
/// same sender tells actors of the same node waits behind it. When all has arrived the line is over. So order is kept as
/// without parts, and others' messages, heartbeats among them, wait for some parts at most.
/// <para>Every thread may call it. Parts that are lost with an association are sent again.</para>
/// </summary>
internal sealed class Transfers
{
    private readonly ActorSystemImpl _system;
    private readonly ConcurrentDictionary<Address, OutgoingPeer> _peers = new();
    private readonly Lazy<BrokerMessageSerializer> _serializer;
    private readonly IActorRef _actor;

    private Transfers(ActorSystemImpl system)
    {
        _system = system;
        _serializer = new Lazy<BrokerMessageSerializer>(
            () => (BrokerMessageSerializer)system.Serialization.FindSerializerForType(typeof(MessagePart)));
        _actor = system.SystemActorOf(TransferActor.Props(this), TransferActor.Name);
    }

    /// <summary>Of messages between actors.</summary>
    public BrokerMessageSerializer Serializer => _serializer.Value;

    /// <summary>For an actor system that is starting.</summary>
    public static Transfers Start(ActorSystemImpl system) => new(system);

    /// <summary>Those of an actor system whose provider has any.</summary>
    public static Transfers Of(ActorSystem system) => ((ITransferProvider)((ExtendedActorSystem)system).Provider).Transfers;

    /// <summary>Tells an actor of another node a message of the broker.</summary>
    public void Tell(PartingActorRef recipient, object message, IActorRef? sender)
    {
        if (Write(message) is not { } written)
        {
            return;
        }

        var isLong = written.Bytes.Length > PartLimits.PartBytes;
        if (!_peers.TryGetValue(recipient.Path.Address, out var peer))
        {
            if (!isLong)
            {
                recipient.TellWhole(written, sender);
                return;
            }

            peer = _peers.GetOrAdd(recipient.Path.Address, NewPeer);
        }

        if (!peer.TryTell(recipient, written, sender, mayBegin: isLong))
        {
            recipient.TellWhole(written, sender);
        }
    }

    /// <summary>The node at this address, if anything long has been told it.</summary>
    public OutgoingPeer? PeerAt(Address address) => _peers.GetValueOrDefault(address);

    /// <summary>The actor that a path names.</summary>
    public IActorRef? Resolve(string path) => path.Length == 0 ? ActorRefs.NoSender : _system.Provider.ResolveActorRef(path);

    /// <summary>The path by which another node knows an actor.</summary>
    public string PathOf(IActorRef? actor) => actor is null || actor.IsNobody()
        ? string.Empty
        : AkkaSerialization.WithTransport(_system, actor, static actor => AkkaSerialization.SerializedActorPath(actor));

    // As Akka.Remote does it: who tells a message does not fail because it cannot be sent.
    private WrittenMessage? Write(object message)
    {
        try
        {
            var written = AkkaSerialization.WithTransport(_system, (Serializer, message), static state => state.Serializer.Written(state.message));
            if (written.Bytes.Length <= PartLimits.MessageBytesMax)
            {
                return written;
            }

            _system.Log.Error("{0} is too long to be sent to another node", written);
        }
        catch (Exception failure) when (failure is SerializationException or OverflowException)
        {
            _system.Log.Error(failure, "A message of type {0} cannot be sent to another node", message.GetType());
        }

        return null;
    }

    private OutgoingPeer NewPeer(Address address) =>
        new(this, _actor, _system.Provider.ResolveActorRef(new RootActorPath(address) / "system" / TransferActor.Name));
}

/// <summary>A provider of references whose long messages go in parts.</summary>
internal interface ITransferProvider
{
    /// <summary>Of its actor system.</summary>
    Transfers Transfers { get; }
}
