using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Clients;

/// <summary>
/// Messages from a client, with tags that count up by one from 1 within the session. Their records have the format
/// <see cref="MessageFormat.Table"/>. Every message's outcome is told by <see cref="ClientProgress"/>.
/// </summary>
/// <param name="FirstTag">The first message's tag.</param>
/// <param name="Mandatory">Messages that no queue takes are told of as returned.</param>
/// <param name="Batch">The messages.</param>
public sealed record ClientPublish(long FirstTag, bool Mandatory, MessageBatch Batch) : IBrokerMessage;

/// <summary>How far a client's publishes have come.</summary>
/// <param name="TakenTag">Up to here the session has taken them: the publish window is free of them.</param>
/// <param name="Confirms">What became of messages; each tag's first outcome is the one that counts.</param>
public sealed record ClientProgress(long TakenTag, IReadOnlyList<ClientConfirm> Confirms) : IBrokerMessage;

/// <summary>What became of messages of consecutive tags.</summary>
/// <param name="FirstTag">First tag.</param>
/// <param name="LastTag">Last tag, inclusive.</param>
/// <param name="Outcome">What became of them.</param>
/// <param name="Refusal">Of refused ones, why.</param>
public sealed record ClientConfirm(long FirstTag, long LastTag, PublishOutcome Outcome, Refusal? Refusal);

/// <summary>What became of a message that was published. Written: numbers never change.</summary>
public enum PublishOutcome : byte
{
    /// <summary>It is as safe as it was asked to be: committed, where message and queue are persistent.</summary>
    Confirmed = 0,

    /// <summary>The broker could not take it, or a queue refused it (a length limit): it may be lost.</summary>
    Rejected = 1,

    /// <summary>It was mandatory, and no queue was bound to take it.</summary>
    Returned = 2,

    /// <summary>It was not published: there is no such exchange, or the user may not.</summary>
    Refused = 3,
}
