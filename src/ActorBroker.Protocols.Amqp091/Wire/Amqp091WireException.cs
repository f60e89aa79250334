namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// The peer sent bytes that are not AMQP 0-9-1. It is the only exception with which reading fails; the connection answers it
/// with <c>connection.close</c>.
/// </summary>
/// <param name="replyCode">A connection error, mostly <see cref="ReplyCode.FrameError"/> or <see cref="ReplyCode.SyntaxError"/>.</param>
/// <param name="text">What is wrong, without the code's name: see <see cref="ReplyCodeExtensions.ComposeText"/>.</param>
/// <param name="methodId">The method whose arguments are wrong, one of <see cref="Wire.MethodId"/>, or 0.</param>
public sealed class Amqp091WireException(ReplyCode replyCode, string text, uint methodId = 0) : Exception(text)
{
    public ReplyCode ReplyCode { get; } = replyCode;

    public uint MethodId { get; } = methodId;
}
