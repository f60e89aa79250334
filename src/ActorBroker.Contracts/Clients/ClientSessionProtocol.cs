using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Contracts.Clients;

/// <summary>
/// What a client that comes by Akka.Remote and its session at the broker tell each other. A session begins with
/// <see cref="OpenClientSession"/>, sent through a node's receptionist to <see cref="Login"/>; from the answer on the two
/// actors tell each other directly, and only these words, <see cref="Queues.GrantCredit"/>,
/// <see cref="Queues.SettleMessages"/> and <see cref="Queues.DeliverMessages"/>. A session has its messages' order for
/// granted, and ends when one is lost: see <see cref="ClientPing"/>.
/// </summary>
public static class ClientSession
{
    /// <summary>The path of the actor that lets clients in, as the receptionist knows it.</summary>
    public const string Login = "/user/" + LoginName;

    /// <summary>The name of the actor that lets clients in.</summary>
    public const string LoginName = "clients";

    /// <summary>The version of this protocol.</summary>
    public const int Version = 1;

    /// <summary>Bytes of records from which a batch of messages is sent; a larger message is alone in its batch.</summary>
    public const int BatchBytes = 48 * 1024;

    /// <summary>
    /// Most bytes of a written word that is sent whole: a larger one goes as <see cref="ClientPart"/>s. A part is below what a
    /// node would cut for other nodes, which clients cannot put together.
    /// </summary>
    public const int PartBytes = 60 * 1024;
}

/// <summary>
/// Let this client in. Answered to <paramref name="Client"/>, which is watched, by <see cref="ClientSessionOpened"/> or
/// <see cref="ClientSessionRefused"/>.
/// </summary>
/// <param name="Version"><see cref="ClientSession.Version"/>.</param>
/// <param name="RequestId">Of the client's choosing, so that a late answer is known as one.</param>
/// <param name="User">User name.</param>
/// <param name="Password">In clear; never logged.</param>
/// <param name="VirtualHost">Where it wants to work.</param>
/// <param name="Name">The client's name for itself, for listings.</param>
/// <param name="Client">Its end of the session.</param>
public sealed record OpenClientSession(int Version, long RequestId, string User, string Password, string VirtualHost, string Name, IActorRef Client)
    : IBrokerMessage
{
    /// <summary>Leaves the password out.</summary>
    public override string ToString() =>
        $"OpenClientSession {{ Version = {Version}, User = {User}, VirtualHost = {VirtualHost}, Name = {Name}, Client = {Client} }}";
}

/// <summary>The client is in.</summary>
/// <param name="RequestId">As asked.</param>
/// <param name="Session">The broker's end.</param>
/// <param name="PublishWindowBytes">Most bytes of records that may be published beyond <see cref="ClientProgress.TakenTag"/>.</param>
/// <param name="MessageSizeMax">Largest body, bytes.</param>
/// <param name="TimeoutMs">Both ends take the other for lost when they have heard nothing for so many milliseconds.</param>
public sealed record ClientSessionOpened(long RequestId, IActorRef Session, long PublishWindowBytes, int MessageSizeMax, int TimeoutMs) : IBrokerMessage;

/// <summary>The client is not let in. Unavailable: it may try again.</summary>
public sealed record ClientSessionRefused(long RequestId, Refusal Refusal) : IBrokerMessage;

/// <summary>
/// From either end, every second or so: the other one is there, and has sent so many words of this session before, pings
/// and the session's opening not counted. Who has received fewer has lost some (Akka.Remote does not send again what a
/// lost connection took along), and ends the session.
/// </summary>
public sealed record ClientPing(long Sent) : IBrokerMessage;

/// <summary>From the client: it is done. What it holds unsettled is given back, its exclusive queues are deleted.</summary>
public sealed record CloseClientSession : IBrokerMessage;

/// <summary>From the session as its last word.</summary>
/// <param name="Refusal">Unavailable: the client may open another session.</param>
public sealed record ClientSessionClosed(Refusal Refusal) : IBrokerMessage;

/// <summary>
/// A piece of a word whose written form is larger than <see cref="ClientSession.PartBytes"/>; pieces follow each other
/// without anything between. Counts as a word.
/// </summary>
/// <param name="Manifest">Of the word's form.</param>
/// <param name="TotalBytes">Size of the word's form.</param>
/// <param name="Bytes">The piece; not changed any more.</param>
public sealed record ClientPart(string Manifest, int TotalBytes, ReadOnlyMemory<byte> Bytes) : IBrokerMessage;
