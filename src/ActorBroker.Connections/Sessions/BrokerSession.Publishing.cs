using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Telemetry;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Transactions;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Connections.Sessions;

/// <content>
/// Publishing. The messages of one socket read are noted where they are; at its end they are copied into slabs of
/// exactly their size, and each queue is told one batch of each slab: by reference where the slab is all or most of
/// what it gets, else of a slab of its own, so that a queue with one message does not keep the rest alive.
/// </content>
public sealed partial class BrokerSession
{
    private readonly List<PendingPublish> _pending = [];
    private readonly List<QueueLink> _slabLinks = [];
    private readonly List<MessageRoute> _slabRoutes = [];
    private readonly ConfirmTracker _confirms = new();
    private ConfirmGroup? _group;
    private long _bytesUnaccepted;
    private long _bytesUnconfirmed;
    private int _pendingBytes;
    private int _slabStamp;

    private readonly record struct PendingPublish(PublishedMessage Message, SessionTarget Target, QueueLink[] Links, Remembered? Remembered);

    /// <inheritdoc/>
    public bool Publish(PublishTarget target, in PublishedMessage message, string[] moreKeys, PublishConfirm confirm)
    {
        var session = (SessionTarget)target;
        var traced = BrokerTraces.IsOn ? _services.Clock.GetUtcNow() : (DateTimeOffset?)null;
        var (links, isRouted, isRemembered, random) = LinksOf(session, message, moreKeys);
        Count(session, links, confirm);
        if (traced is { } began)
        {
            TellPublished(session, message, links, began);
        }

        var recordLength = message.RecordLength;
        if (links.Length > 0 && (message.IsRecord || _pendingBytes + recordLength > MessageBatch.SlabSizeTarget))
        {
            FlushSlab();
        }

        if (confirm.IsWanted)
        {
            (_group ??= new ConfirmGroup()).Extend(confirm);
        }

        if (links.Length == 0)
        {
            return false;
        }

        _group?.Place(_pending.Count, confirm);
        _pending.Add(new PendingPublish(message, session, links, isRemembered ? new Remembered(session, moreKeys, random, links) : null));
        _pendingBytes += recordLength;
        if (message.IsRecord)
        {
            FlushSlab();
        }

        return isRouted;
    }

    /// <inheritdoc/>
    public void ForgetConfirms(int channel) => _confirms.Forget(channel);

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
            var slab = BuildSlab(out var offsets, out var isOneTarget);
            var routes = _slabRoutes.ToArray();
            if (isOneTarget)
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
            _pending.Clear();
            _pendingBytes = 0;
            _slabRoutes.Clear();
        }

        if (group is { Pending: 0 })
        {
            _confirms.Tell(group, Listener);
        }
    }

    private byte[] BuildSlab(out int[] offsets, out bool isOneTarget)
    {
        var stamp = ++_slabStamp;
        var pending = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pending);
        var slab = pending[0].Message.IsRecord ? pending[0].Message.PropertiesSource : GC.AllocateUninitializedArray<byte>(_pendingBytes);
        offsets = new int[pending.Length];
        isOneTarget = true;
        var offset = 0;
        for (var i = 0; i < pending.Length; i++)
        {
            ref readonly var publish = ref pending[i];
            var target = publish.Target;
            if (target.SlabStamp != stamp)
            {
                target.SlabStamp = stamp;
                target.RouteIndex = _slabRoutes.Count;
                _slabRoutes.Add(target.Route);
            }

            isOneTarget &= ReferenceEquals(publish.Links, pending[0].Links);
            offsets[i] = offset;
            offset += WriteRecord(slab.AsSpan(offset), publish.Message, target.RouteIndex);
        }

        return slab;
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

    private void SendShares(byte[] slab, int[] offsets, MessageRoute[] routes, ConfirmGroup? group)
    {
        for (var i = 0; i < offsets.Length; i++)
        {
            var length = _pending[i].Message.RecordLength;
            foreach (var link in _pending[i].Links)
            {
                if (link.Offsets.Count == 0)
                {
                    _slabLinks.Add(link);
                    link.Indexes = group is null ? null : new SlabIndexes();
                    link.HasOwn = false;
                }

                link.Offsets.Add(offsets[i]);
                link.Indexes?.Add(i);
                link.OffsetBytes += length;
                link.HasOwn |= !_pending[i].Target.IsOfBroker;
            }
        }

        foreach (var link in _slabLinks)
        {
            var batch = new MessageBatch(slab, link.Offsets.ToArray(), routes, link.OffsetBytes);
            if (link.OffsetBytes < slab.Length / 2)
            {
                batch = batch.Compact();
            }

            link.Offsets.Clear();
            link.OffsetBytes = 0;
            Send(link, batch, group is null || !link.HasOwn ? null : new BatchConfirm(group, link.Indexes));
        }

        _slabLinks.Clear();
    }

    private void Send(QueueLink link, MessageBatch batch, BatchConfirm? confirm) =>
        Send(link, batch, settlements: null, transaction: null, confirm);

    private void Send(QueueLink link, MessageBatch batch, List<Settlement>? settlements, TransactionId? transaction, BatchConfirm? confirm)
    {
        if (link.IsGone)
        {
            // Deleted since it was routed to: as if just after.
            return;
        }

        if (confirm is not null)
        {
            confirm.Group.Pending++;
        }

        _bytesUnaccepted += batch.SizeBytes;
        _bytesUnconfirmed += batch.SizeBytes;
        link.Send(batch, settlements, transaction, confirm, _self);
    }

    private void OnProgress(IActorRef queue, PublishProgress progress)
    {
        if (_linksByActor.TryGetValue(queue, out var link))
        {
            var unconfirmed = link.UnconfirmedBytes;
            _bytesUnaccepted -= link.Accept(progress.AcceptedSequence);
            while (link.NextDone(progress.ConfirmedSequence) is { } batch)
            {
                BatchSafe(batch);
            }

            _bytesUnconfirmed -= unconfirmed - link.UnconfirmedBytes;
        }
    }

    private void BatchSafe(BatchConfirm batch) => _confirms.BatchDone(batch.Group, negative: false, Listener);

    private void BatchLost(BatchConfirm batch) => _confirms.BatchDone(batch.Group, negative: true, Listener);

    private void OnPublishMissing(IActorRef queue, PublishMissing missing)
    {
        if (_linksByActor.TryGetValue(queue, out var link))
        {
            link.SendAgain(missing.FirstSequence, _self);
        }
    }

    private void OnPublishRejected(IActorRef queue, PublishRejected rejected)
    {
        if (_linksByActor.TryGetValue(queue, out var link) && link.Find(rejected.LinkSequence) is { } batch)
        {
            link.RefusePartly(rejected.LinkSequence);
            _confirms.Reject(batch, rejected.Indexes, Listener);
        }
    }
}
