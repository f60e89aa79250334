using Akka.Actor;

namespace ActorBroker.Broker.Tests;

/// <summary>The test's actor system as the only node there is.</summary>
internal static class LoneNode
{
    /// <summary>Its address, for what asks all nodes.</summary>
    public static IReadOnlyCollection<Address> Addresses(ActorSystem system) => [((ExtendedActorSystem)system).Provider.DefaultAddress];

    /// <summary>Stands for the actor of this name that follows an entity: what it is told goes to the probe.</summary>
    public static IActorRef StartFollower(ActorSystem system, string name, IActorRef probe) =>
        system.ActorOf(Props.Create(() => new Forwarder(probe)), name);

    private sealed class Forwarder : ReceiveActor
    {
        public Forwarder(IActorRef probe) => ReceiveAny(probe.Forward);
    }
}
