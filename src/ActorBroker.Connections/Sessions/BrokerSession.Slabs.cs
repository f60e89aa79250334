using System.Runtime.InteropServices;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Sessions;

/// <content>
/// Slabs, of exactly the size of what was published in one socket read. Where every message goes to one queue, each
/// queue has a slab of its own. Else a slab is shared, and each queue is told a batch of it: by reference where that is
/// all or most of the slab, else of a copy, so that a queue with one message does not keep the rest alive.
/// </content>
public sealed partial class BrokerSession
{
    private readonly List<QueueLink> _slabLinks = [];
    private readonly List<MessageRoute> _slabRoutes = [];
    private int _slabStamp;

    private enum Spread
    {
        /// <summary>All messages go to the same queues.</summary>
        Alike,

        /// <summary>Each message goes to one queue, and none has to be looked at again.</summary>
        Apart,

        /// <summary>Anything else.</summary>
        Mixed,
    }

    private void FlushSlab()
    {
        FlushCounts();
        var group = _group;
        _group = null;
        if (group is not null)
        {
            _confirms.Begin(group);
        }

        if (_pending.Count > 0)
        {
            SendPending(group);
            _pending.Clear();
            _pendingBytes = 0;
        }

        if (group is { Pending: 0 })
        {
            _confirms.Tell(group, Listener);
        }
    }

    private void SendPending(ConfirmGroup? group)
    {
        var spread = SpreadOfPending();
        if (spread == Spread.Apart)
        {
            SendApart(group);
            return;
        }

        var slab = BuildSlab(out var offsets);
        var routes = TakeRoutes();
        if (spread == Spread.Alike)
        {
            // Nobody waits for copies of traces: a queue that has nothing else to take has no say in confirms.
            var isOwn = _pending.Exists(static publish => !publish.Target.IsOfBroker);
            SendToAll(_pending[0].Links, new MessageBatch(slab, offsets, routes, _pendingBytes), isOwn ? group : null);
        }
        else
        {
            SendShares(slab, offsets, routes, group);
        }

        FollowBindings(slab, offsets);
    }

    private Spread SpreadOfPending()
    {
        var isAlike = true;
        var isApart = true;
        var first = _pending[0].Links;
        foreach (ref readonly var publish in CollectionsMarshal.AsSpan(_pending))
        {
            isAlike &= ReferenceEquals(publish.Links, first);
            isApart &= publish.Links.Length == 1 && publish.Remembered is null;
        }

        return isAlike ? Spread.Alike : isApart ? Spread.Apart : Spread.Mixed;
    }

    private byte[] BuildSlab(out int[] offsets)
    {
        var stamp = ++_slabStamp;
        var pending = CollectionsMarshal.AsSpan(_pending);
        var slab = pending[0].Message.IsRecord ? pending[0].Message.PropertiesSource : GC.AllocateUninitializedArray<byte>(_pendingBytes);
        offsets = new int[pending.Length];
        var offset = 0;
        for (var i = 0; i < pending.Length; i++)
        {
            ref readonly var publish = ref pending[i];
            offsets[i] = offset;
            offset += WriteRecord(slab.AsSpan(offset), publish.Message, RouteIndexOf(publish.Target, stamp));
        }

        return slab;
    }

    private int RouteIndexOf(SessionTarget target, int stamp)
    {
        if (target.SlabStamp != stamp)
        {
            target.SlabStamp = stamp;
            target.RouteIndex = _slabRoutes.Count;
            _slabRoutes.Add(target.Route);
        }

        return target.RouteIndex;
    }

    private MessageRoute[] TakeRoutes()
    {
        var routes = _slabRoutes.ToArray();
        _slabRoutes.Clear();
        return routes;
    }

    private static int WriteRecord(Span<byte> destination, in PublishedMessage message, int routeIndex)
    {
        MessageRecord.WriteHeader(
            destination, message.Format, message.PropertiesLength, message.BodyLength, routeIndex, message.Flags, message.Priority);
        if (!message.IsRecord)
        {
            message.PropertiesSource.AsSpan(message.PropertiesOffset, message.PropertiesLength).CopyTo(destination[MessageRecord.HeaderSize..]);
            message.BodySource.AsSpan(message.BodyOffset, message.BodyLength).CopyTo(destination[(MessageRecord.HeaderSize + message.PropertiesLength)..]);
        }

        return message.RecordLength;
    }

    private void SendToAll(QueueLink[] links, MessageBatch batch, ConfirmGroup? group)
    {
        foreach (var link in links)
        {
            Send(link, batch, group?.Whole);
        }
    }

    private void SendApart(ConfirmGroup? group)
    {
        Share(group);
        foreach (var link in _slabLinks)
        {
            var slab = GC.AllocateUninitializedArray<byte>(link.SharedBytes);
            var offsets = new int[link.Shared.Count];
            var stamp = ++_slabStamp;
            var offset = 0;
            for (var i = 0; i < offsets.Length; i++)
            {
                ref readonly var publish = ref CollectionsMarshal.AsSpan(_pending)[link.Shared[i]];
                offsets[i] = offset;
                offset += WriteRecord(slab.AsSpan(offset), publish.Message, RouteIndexOf(publish.Target, stamp));
            }

            SendShare(link, new MessageBatch(slab, offsets, TakeRoutes(), link.SharedBytes), group);
        }

        _slabLinks.Clear();
    }

    private void SendShares(byte[] slab, int[] slabOffsets, MessageRoute[] routes, ConfirmGroup? group)
    {
        Share(group);
        foreach (var link in _slabLinks)
        {
            var offsets = new int[link.Shared.Count];
            for (var i = 0; i < offsets.Length; i++)
            {
                offsets[i] = slabOffsets[link.Shared[i]];
            }

            var batch = new MessageBatch(slab, offsets, routes, link.SharedBytes);
            SendShare(link, link.SharedBytes < slab.Length / 2 ? batch.Compact() : batch, group);
        }

        _slabLinks.Clear();
    }

    // Says each queue which of the messages are its own.
    private void Share(ConfirmGroup? group)
    {
        var pending = CollectionsMarshal.AsSpan(_pending);
        for (var i = 0; i < pending.Length; i++)
        {
            ref readonly var publish = ref pending[i];
            foreach (var link in publish.Links)
            {
                if (link.Shared.Count == 0)
                {
                    _slabLinks.Add(link);
                    link.Indexes = group is null ? null : new SlabIndexes();
                    link.HasOwn = false;
                    link.SharedBytes = 0;
                }

                link.Shared.Add(i);
                link.Indexes?.Add(i);
                link.SharedBytes += publish.Message.RecordLength;
                link.HasOwn |= !publish.Target.IsOfBroker;
            }
        }
    }

    private void SendShare(QueueLink link, MessageBatch batch, ConfirmGroup? group)
    {
        link.Shared.Clear();
        Send(link, batch, group is null || !link.HasOwn ? null : new BatchConfirm(group, link.Indexes));
    }
}
