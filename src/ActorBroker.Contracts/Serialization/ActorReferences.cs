using Akka.Actor;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace ActorBroker.Contracts.Serialization;

/// <summary>References to actors as paths with the address of their node, which any node of the cluster can resolve.</summary>
internal sealed class ActorReferences(ExtendedActorSystem system)
{
    /// <summary>The path of an actor.</summary>
    public static string Write(IActorRef actor) => AkkaSerialization.SerializedActorPath(actor);

    /// <summary>The actor of a path; one that is gone is a reference whose messages are dead letters.</summary>
    /// <exception cref="InvalidDataException">The path is none.</exception>
    public IActorRef Read(string path)
    {
        try
        {
            return system.Provider.ResolveActorRef(path);
        }
        catch (FormatException failure)
        {
            throw new InvalidDataException($"An actor's path cannot be read: {failure.Message}", failure);
        }
    }
}
