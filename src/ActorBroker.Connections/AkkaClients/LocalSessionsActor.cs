using ActorBroker.Connections.Sessions;
using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Statistics;
using Akka.Actor;

namespace ActorBroker.Connections.AkkaClients;

/// <summary>Opens sessions for parts of the node's own process, such as its management: one actor each, as for clients of Akka.Remote.</summary>
internal sealed class LocalSessionsActor(BrokerServices services, ClientSessionSettings settings, IActorRef registry) : UntypedActor
{
    /// <summary>Opens sessions of these services.</summary>
    public static Props Props(BrokerServices services, ClientSessionSettings settings, IActorRef registry) =>
        Akka.Actor.Props.Create(() => new LocalSessionsActor(services, settings, registry));

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case OpenLocalSession open:
                Context.ActorOf(ClientSessionActor.Props(services, settings, registry, open.Session, Self.Path.Address, open.Peer, NodeStatistics.LocalProtocol));
                break;
            case LoginEnded or LoginFailed:
                // Whoever opens sessions has let its own client in before.
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
