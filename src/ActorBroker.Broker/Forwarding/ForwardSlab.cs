using ActorBroker.Core.Messages;

namespace ActorBroker.Broker.Forwarding;

/// <summary>
/// Lays forwarded messages out in slabs and cuts them into a batch for each queue: the slab by reference where it is
/// all or most of what a queue gets, else a copy of the queue's share.
/// </summary>
internal sealed class ForwardSlab(Action<ForwardLink, MessageBatch, ForwardBatch> send)
{
    private readonly List<ForwardedMessage> _messages = [];
    private readonly Dictionary<MessageRoute, int> _indexes = [];
    private readonly List<MessageRoute> _routes = [];
    private readonly List<int> _routeIndexes = [];
    private readonly List<ForwardLink> _links = [];
    private int _bytes;

    /// <summary>Takes a message for these queues; sends what is full.</summary>
    public void Add(ForwardedMessage message, List<ForwardLink> links)
    {
        var length = message.RecordLength;
        if (_bytes > 0 && _bytes + length > MessageBatch.SlabSizeTarget)
        {
            Flush();
        }

        _messages.Add(message);
        _routeIndexes.Add(IndexOf(message.Route));
        foreach (var link in links)
        {
            if (link.Offsets.Count == 0)
            {
                _links.Add(link);
            }

            link.Offsets.Add(_bytes);
            link.Messages.Add(message);
            link.OffsetBytes += length;
        }

        _bytes += length;
    }

    /// <summary>Sends what has gathered.</summary>
    public void Flush()
    {
        if (_messages.Count == 0)
        {
            return;
        }

        var slab = Build();
        MessageRoute[] routes = [.. _routes];
        foreach (var link in _links)
        {
            var batch = new MessageBatch(slab, [.. link.Offsets], routes, link.OffsetBytes);
            if (link.OffsetBytes < slab.Length / 2)
            {
                batch = batch.Compact();
            }

            var messages = new ForwardBatch([.. link.Messages]);
            link.Offsets.Clear();
            link.Messages.Clear();
            link.OffsetBytes = 0;
            send(link, batch, messages);
        }

        _messages.Clear();
        _routes.Clear();
        _indexes.Clear();
        _routeIndexes.Clear();
        _links.Clear();
        _bytes = 0;
    }

    // The slab's size bounds the number of routes.
    private int IndexOf(MessageRoute route)
    {
        if (!_indexes.TryGetValue(route, out var index))
        {
            index = _routes.Count;
            _routes.Add(route);
            _indexes.Add(route, index);
        }

        return index;
    }

    private byte[] Build()
    {
        var slab = GC.AllocateUninitializedArray<byte>(_bytes);
        var offset = 0;
        for (var i = 0; i < _messages.Count; i++)
        {
            var message = _messages[i];
            var record = slab.AsSpan(offset, message.RecordLength);
            MessageRecord.WriteHeader(
                record, message.Format, message.Properties.Length, message.Body.Length, _routeIndexes[i], message.Flags, message.Priority);
            message.Properties.Span.CopyTo(record[MessageRecord.HeaderSize..]);
            message.Body.Span.CopyTo(record[(MessageRecord.HeaderSize + message.Properties.Length)..]);
            offset += record.Length;
        }

        return slab;
    }
}
