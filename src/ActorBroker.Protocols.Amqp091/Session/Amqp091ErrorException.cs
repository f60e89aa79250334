using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>
/// The client asked for what it may not have, or in a wrong order: closes its channel or the whole connection, by the
/// code (<see cref="ReplyCodeExtensions.IsConnectionError"/>). Thrown by the machine's parts, caught where frames are dispatched.
/// </summary>
/// <param name="replyCode">The code of channel.close or connection.close.</param>
/// <param name="text">The explanation without the code's name.</param>
/// <param name="isFrameError">The fault is in a frame, or in the connection as a whole, and not in a method: the close carries class and method 0.</param>
public sealed class Amqp091ErrorException(ReplyCode replyCode, string text, bool isFrameError = false) : Exception(text)
{
    public ReplyCode ReplyCode { get; } = replyCode;

    public bool IsFrameError { get; } = isFrameError;
}
