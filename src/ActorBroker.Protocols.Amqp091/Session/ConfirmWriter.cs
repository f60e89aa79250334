using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>
/// The publisher confirms of one channel that are not written yet. Those that come in order collapse into the highest tag
/// and leave as one <c>basic.ack</c> with multiple, or without where it stands for one message (as from RabbitMQ; clients
/// may tell the two apart); the others leave tag by tag, before it.
/// </summary>
internal sealed class ConfirmWriter(ushort channel)
{
    private readonly List<(ulong First, ulong Last, bool Negative)> _single = [];
    private ulong _allUpTo;
    private bool _isMultiple;

    public bool IsEmpty => _allUpTo == 0 && _single.Count == 0;

    /// <param name="allBefore">All lower tags have been given to this method before.</param>
    public void Add(ulong firstTag, ulong lastTag, bool negative, bool allBefore)
    {
        if (negative || !allBefore)
        {
            _single.Add((firstTag, lastTag, negative));
            return;
        }

        // All that is waiting has a lower tag: what is positive of it is covered now, what is negative goes first.
        var covered = _single.RemoveAll(range => !range.Negative && range.Last <= lastTag);
        _isMultiple = _allUpTo != 0 || covered > 0 || firstTag < lastTag;
        _allUpTo = lastTag;
    }

    public void WriteTo(PendingOutput output)
    {
        foreach (var (first, last, negative) in _single)
        {
            for (var tag = first; tag <= last; tag++)
            {
                if (negative)
                    output.WriteMethod(channel, new BasicNack(tag, Multiple: false, Requeue: false));
                else
                    output.WriteMethod(channel, new BasicAck(tag, Multiple: false));
            }
        }

        _single.Clear();
        if (_allUpTo != 0)
            output.WriteMethod(channel, new BasicAck(_allUpTo, _isMultiple));
        _allUpTo = 0;
    }
}
