using ActorBroker.Broker.Access;
using ActorBroker.Contracts.Options;
using Akka.Actor;

namespace ActorBroker.Broker.Tests.Access;

/// <summary>What an access entity is started with when nothing but itself is there.</summary>
internal static class Started
{
    public static AccessSettings With(AccessOptions options, IActorRef? others = null) =>
        new(options, TimeProvider.System, _ => others ?? ActorRefs.Nobody, _ => others ?? ActorRefs.Nobody, _ => others ?? ActorRefs.Nobody);
}
