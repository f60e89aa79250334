using ActorBroker.Contracts.Remoting;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Remote;

namespace ActorBroker.Contracts.Transfer;

/// <summary>
/// An actor of another node. The broker's messages to it are written by whoever tells them, and go in parts where they are
/// long (<see cref="Transfers"/>); everything else goes as ever. Actors of this node have other references, which know
/// nothing of this.
/// </summary>
internal sealed class PartingActorRef(RemoteTransport remote, Address localAddress, ActorPath path, TransferSlot slot, LostNodes? lost = null)
    : RemoteActorRef(remote, localAddress, path, ActorRefs.Nobody, Props.None, Deploy.None)
{
    /// <inheritdoc/>
    public override void SendSystemMessage(ISystemMessage message)
    {
        if (message is Watch watch && lost?.Contains(Path.Address) is true)
        {
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(this, existenceConfirmed: false, addressTerminated: true));
        }
        else
        {
            base.SendSystemMessage(message);
        }
    }

    /// <inheritdoc/>
    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is IBrokerMessage and not (MessagePart or PartsTaken) && slot.Transfers is { } transfers)
        {
            transfers.Tell(this, message, sender);
        }
        else
        {
            TellWhole(message, sender);
        }
    }

    /// <summary>Sends it as one frame.</summary>
    internal void TellWhole(object message, IActorRef? sender) => base.TellInternal(message, sender!);
}

/// <summary>Where references find the transfers, which begin after the first of them have been made.</summary>
internal sealed class TransferSlot
{
    /// <summary>Null while the actor system starts.</summary>
    public Transfers? Transfers { get; set; }
}
