using ActorBroker.PerfTest.Amqp;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.PerfTest.Load;

/// <summary>Gathers the acknowledgements that the deliveries of one read call for, and sends them in one write.</summary>
/// <param name="every">So many messages are acknowledged at once.</param>
internal sealed class AckBuffer(AmqpConnection connection, int every)
{
    private const int FrameSizeMax = 32;

    private readonly byte[] _frames = new byte[65_536];
    private int _length;
    private int _unacked;
    private ulong _lastTag;

    public void Delivered(ulong deliveryTag)
    {
        _lastTag = deliveryTag;
        if (++_unacked == every)
            Settle();
    }

    /// <summary>Acknowledges what is left over, fewer than the usual number, and sends.</summary>
    public void SettleAll()
    {
        if (_unacked > 0)
            Settle();
        Flush();
    }

    public void Flush()
    {
        if (_length == 0)
            return;
        connection.Send(_frames.AsSpan(0, _length));
        _length = 0;
    }

    private void Settle()
    {
        if (_length > _frames.Length - FrameSizeMax)
            Flush();
        _length += FrameWriter.WriteMethod(_frames.AsSpan(_length), AmqpConnection.Channel, new BasicAck(_lastTag, Multiple: _unacked > 1));
        _unacked = 0;
    }
}
