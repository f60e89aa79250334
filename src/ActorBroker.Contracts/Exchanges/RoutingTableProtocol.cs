using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Contracts.Exchanges;

/// <summary>
/// To the node's own routing table actor: have the names of this virtual host ready. Never leaves the node. Answered by
/// <see cref="VirtualHostLoaded"/>, which may take as long as the catalogue is unreachable, or at once by
/// <see cref="VirtualHostRefused"/>.
/// </summary>
public sealed record LoadVirtualHost(string VirtualHost) : INoSerializationVerificationNeeded;

/// <summary>The names are there.</summary>
public sealed record VirtualHostLoaded(string VirtualHost) : INoSerializationVerificationNeeded;

/// <summary>The names cannot be known before somebody has repaired the journal: nobody need wait for them.</summary>
public sealed record VirtualHostRefused(string VirtualHost, Refusal Refusal) : INoSerializationVerificationNeeded;

/// <summary>
/// To the node's own routing table actor: have the routes of this exchange ready. Never leaves the node. Answered by
/// <see cref="ExchangeLoaded"/>, which may take as long as the exchange is unreachable.
/// </summary>
public sealed record LoadExchange(ExchangeKey Exchange) : INoSerializationVerificationNeeded;

/// <summary>The routes are there, or the exchange does not exist: routing answers one way or the other.</summary>
public sealed record ExchangeLoaded(ExchangeKey Exchange) : INoSerializationVerificationNeeded;
