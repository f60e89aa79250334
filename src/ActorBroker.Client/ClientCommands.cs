using ActorBroker.Contracts.Clients;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Client;

/// <summary>
/// Publish to the broker, in this order. Each message's outcome comes back in a <see cref="Published"/>; who publishes
/// waits for outcomes before it publishes ever more. Beside the commands here the client's actor takes every
/// <see cref="ClientRequest"/> (but those about consumers), and answers it with its own request id.
/// </summary>
/// <param name="FirstId">The first message's number, of the publisher's own choosing; the others count up by one.</param>
/// <param name="Messages">At least one.</param>
public sealed record Publish(long FirstId, IReadOnlyList<OutgoingMessage> Messages) : INoSerializationVerificationNeeded;

/// <summary>What became of some of the sender's publishes, in no particular order.</summary>
public sealed record Published(IReadOnlyList<(long Id, PublishResult Result)> Results) : INoSerializationVerificationNeeded;

/// <summary>
/// Deliver a queue's messages to the sender, which is watched. Answered by <see cref="Subscribed"/> or
/// <see cref="SubscriptionEnded"/>. When the session is lost the consumer is started again at the next one.
/// </summary>
/// <param name="ConsumerId">Of the sender's choosing.</param>
/// <param name="Queue">The queue.</param>
/// <param name="Settings">How messages are wanted.</param>
/// <param name="Declarations">What is asked of the broker before each start, such as the queue's declaration.</param>
public sealed record Subscribe(int ConsumerId, string Queue, ConsumerSettings Settings, IReadOnlyList<ClientRequest> Declarations)
    : INoSerializationVerificationNeeded;

/// <summary>
/// Deliver replies to the sender. Answered by <see cref="Subscribed"/> with the name to reply to, which is another one each
/// time that it is answered.
/// </summary>
public sealed record SubscribeToReplies(int ConsumerId) : INoSerializationVerificationNeeded;

/// <summary>The consumer is on, or on again: deliveries of before can no longer be settled, and come again.</summary>
/// <param name="ConsumerId">As asked.</param>
/// <param name="Lease">Of tags of its deliveries from now on.</param>
/// <param name="Name">The consumer tag, or the name to reply to.</param>
public sealed record Subscribed(int ConsumerId, int Lease, string Name) : INoSerializationVerificationNeeded;

/// <summary>Messages for a consumer; their bytes are to be given back by <see cref="Taken"/>.</summary>
public sealed record Delivered(int ConsumerId, int Lease, IReadOnlyList<ReceivedMessage> Messages, int Bytes) : INoSerializationVerificationNeeded;

/// <summary>The subscriber has room for so many bytes again.</summary>
public sealed record Taken(int Lease, int Bytes) : INoSerializationVerificationNeeded;

/// <summary>Settle a delivery. One of a lost session is passed over.</summary>
public sealed record Settle(DeliveryTag Tag, SettleOutcome Outcome) : INoSerializationVerificationNeeded;

/// <summary>
/// Stop delivering to the sender. What it has can still be settled until <see cref="Unsubscribe"/> comes again with
/// <paramref name="GiveBack"/>, which returns it to the queue.
/// </summary>
public sealed record Unsubscribe(int ConsumerId, bool GiveBack) : INoSerializationVerificationNeeded;

/// <summary>The consumer is off: its queue is gone, or it may not.</summary>
public sealed record SubscriptionEnded(int ConsumerId, Refusal Refusal) : INoSerializationVerificationNeeded;

/// <summary>Take one message. Answered by <see cref="MessageGot"/>.</summary>
public sealed record Get(string Queue, bool NoAck) : INoSerializationVerificationNeeded;

/// <summary>The answer to <see cref="Get"/>.</summary>
/// <param name="Refusal">Null on success.</param>
/// <param name="Message">Null when the queue is empty.</param>
public sealed record MessageGot(Refusal? Refusal, ReceivedMessage? Message) : INoSerializationVerificationNeeded;

/// <summary>Tell the sender how the session is now, and when it changes.</summary>
public sealed record WatchSession : INoSerializationVerificationNeeded
{
    /// <summary>The only one.</summary>
    public static WatchSession Instance { get; } = new();
}

/// <summary>How the session is.</summary>
/// <param name="IsOpen">The client is logged in.</param>
/// <param name="Failure">Why it will not be let in, and tries no more; null while it may.</param>
/// <param name="Node">The broker's node that the session is with; null while it is not open.</param>
public sealed record SessionState(bool IsOpen, Refusal? Failure, Address? Node) : INoSerializationVerificationNeeded;
