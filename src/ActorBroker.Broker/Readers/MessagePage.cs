using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;

namespace ActorBroker.Broker.Readers;

/// <summary>A page as it is filled. Messages are copied: it must not hold the slabs that they came in.</summary>
internal sealed class MessagePage(PageLimits limits, MessageFormats formats)
{
    private readonly List<BrowsedMessage> _messages = [];
    private int _bytes;

    /// <summary>As many messages as it may have.</summary>
    public bool IsFull => _messages.Count == limits.Count;

    /// <summary>What is in it.</summary>
    public IReadOnlyList<BrowsedMessage> Messages => [.. _messages];

    /// <summary>Adds a message; false when it has no room for it, though for the first one it always has.</summary>
    public bool TryAdd(MessageBatch batch, int index, long position, long writtenAt, MessageStanding? standing = null, bool redelivered = false)
    {
        var view = batch[index];
        var room = limits.Bytes - _bytes - view.PropertiesLength;
        var wanted = Math.Min(view.BodyLength, limits.BodyBytes ?? int.MaxValue);
        if (IsFull || (wanted > room && _messages.Count > 0))
        {
            return false;
        }

        var route = batch.RouteOf(index);
        var format = formats[view.Format];
        var body = view.Body[..Math.Min(wanted, Math.Max(0, room))].ToArray();
        _messages.Add(new BrowsedMessage(
            position,
            writtenAt,
            route.Exchange,
            route.RoutingKey,
            format.ReadProperties(view.Properties),
            format.ReadHeaders(view.Properties),
            view.BodyLength,
            body) { Standing = standing, Redelivered = redelivered });
        _bytes += view.PropertiesLength + body.Length;
        return true;
    }
}
