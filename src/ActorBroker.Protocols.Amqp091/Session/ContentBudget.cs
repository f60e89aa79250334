using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>
/// How many bytes of content a connection may have under way on all its channels: without it, a client could keep a
/// nearly complete message of the largest size on each.
/// </summary>
internal sealed class ContentBudget(long bytesMax)
{
    private long _bytes;

    /// <exception cref="Amqp091ErrorException">506: it is used up.</exception>
    public void Take(int bytes)
    {
        _bytes += bytes;
        if (_bytes > bytesMax)
            throw new Amqp091ErrorException(ReplyCode.ResourceError, $"unfinished messages on all channels are larger than {bytesMax} bytes");
    }

    public void GiveBack(int bytes) => _bytes -= bytes;
}
