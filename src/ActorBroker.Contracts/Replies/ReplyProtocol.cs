using Akka.Actor;

namespace ActorBroker.Contracts.Replies;

/// <summary>
/// From a connection to the reply directory of its own node: names with this key are this connection's, until it ends.
/// The directory answers a question for such a name (<see cref="Queues.ResolveQueue"/>) by handing it to the connection.
/// </summary>
public sealed record RegisterReplies(string ConnectionKey) : INoSerializationVerificationNeeded;

/// <summary>A node's reply directory.</summary>
/// <param name="Actor">Understands <see cref="RegisterReplies"/> and <see cref="Queues.ResolveQueue"/>, the latter for names of all nodes.</param>
/// <param name="NodeKey">What names made on this node carry.</param>
public sealed record ReplyDirectory(IActorRef Actor, string NodeKey);
