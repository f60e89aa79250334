using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Telemetry;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Transactions;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Connections.Sessions;

/// <content>
/// Publishing. The messages of one socket read are noted where they are; at its end they are copied into slabs, of
/// which each queue is told a batch.
/// </content>
public sealed partial class BrokerSession
{
    private readonly List<PendingPublish> _pending = [];
    private readonly ConfirmTracker _confirms = new();
    private ConfirmGroup? _group;
    private long _bytesUnaccepted;
    private long _bytesUnconfirmed;
    private int _pendingBytes;

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
