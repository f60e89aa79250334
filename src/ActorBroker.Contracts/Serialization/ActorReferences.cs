using Akka.Actor;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace ActorBroker.Contracts.Serialization;

/// <summary>References to actors as paths with the address of their node, which any node of the cluster can resolve.</summary>
internal sealed class ActorReferences(ExtendedActorSystem system)
{
    /// <summary>The path of an actor.</summary>
    public static string Write(IActorRef actor) => AkkaSerialization.SerializedActorPath(actor);

    /// <summary>The actor of a path; one that is gone is a reference whose messages are dead letters.</summary>
    public IActorRef Read(string path) => system.Provider.ResolveActorRef(path);
}
