using Akka.Actor;

namespace ActorBroker.Contracts.Clustering;

/// <summary>
/// On the event stream of each node: a connection to that node, which is a member, has ended, and took along what was on
/// its way; Akka.Remote makes another and tells nobody. Whoever has told actors there something, or waits for something
/// from there, has to find out what has arrived.
/// </summary>
public sealed record NodeLinkBroken(Address Node) : INoSerializationVerificationNeeded;

/// <summary>
/// On the event stream of each node: there is a connection to that node, which is a member, again. What was told it since
/// the last one had ended is lost too.
/// </summary>
public sealed record NodeLinkRestored(Address Node) : INoSerializationVerificationNeeded;
