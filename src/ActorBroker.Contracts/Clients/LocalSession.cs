using System.Net;
using Akka.Actor;

namespace ActorBroker.Contracts.Clients;

/// <summary>Sessions for parts of the node's own process, in the words of <see cref="ClientSession"/>.</summary>
public static class LocalSession
{
    /// <summary>The path of the actor that takes <see cref="OpenLocalSession"/>.</summary>
    public const string Opener = "/user/" + OpenerName;

    /// <summary>The name of the actor that takes <see cref="OpenLocalSession"/>.</summary>
    public const string OpenerName = "local-sessions";
}

/// <summary>Let this client in, which came to the node by other ways. Never leaves the node.</summary>
/// <param name="Session">As a client of Akka.Remote would ask; answered in the same way.</param>
/// <param name="Peer">Where whoever is behind it has come from.</param>
public sealed record OpenLocalSession(OpenClientSession Session, IPEndPoint Peer) : INoSerializationVerificationNeeded;
