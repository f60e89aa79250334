using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace ActorBroker.Broker.Mailboxes;

/// <summary>
/// The mailbox of all actors that ask for no other, chosen in <c>hocon/akka.conf</c>: unbounded, and next to nothing
/// while it is empty. Akka's own takes 1.1 KB for each actor, and keeps what its longest queue needed; a broker has an
/// actor for each connection and queue, of which most have nothing to do.
/// </summary>
/// <param name="settings">Unused: what Akka hands over.</param>
/// <param name="config">Unused: there is nothing to set.</param>
public sealed class CompactMailbox(Settings settings, Config config)
    : MailboxType(settings, config), IProducesMessageQueue<CompactMessageQueue>
{
    /// <inheritdoc/>
    public override Akka.Dispatch.MessageQueues.IMessageQueue Create(IActorRef owner, ActorSystem system) => new CompactMessageQueue();
}
