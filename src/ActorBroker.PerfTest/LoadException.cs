namespace ActorBroker.PerfTest;

/// <summary>The run cannot go on: a connection failed, or the broker refused something. The message is one line for the user.</summary>
/// <param name="replyCode">What the broker closed the channel or the connection with, if it did.</param>
internal sealed class LoadException(string message, Exception? inner = null, int replyCode = 0) : Exception(message, inner)
{
    public int ReplyCode { get; } = replyCode;
}
