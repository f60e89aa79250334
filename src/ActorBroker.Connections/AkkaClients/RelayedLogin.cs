using ActorBroker.Contracts.Clients;
using Akka.Actor;

namespace ActorBroker.Connections.AkkaClients;

/// <summary>A login that came by the port for clients. From the relay, which is the client for its session, to the actor that lets clients in.</summary>
/// <param name="Open">With the relay in the client's place.</param>
/// <param name="From">Where the client says that it is.</param>
internal sealed record RelayedLogin(OpenClientSession Open, Address From) : INoSerializationVerificationNeeded;
