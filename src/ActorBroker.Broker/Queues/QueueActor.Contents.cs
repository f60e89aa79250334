using ActorBroker.Broker.Contents;
using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <content>
/// Messages that somebody looks at, removes or publishes elsewhere by their positions. Looking is done by children, which
/// ask for one segment after the other; removing is journaled as a purge is, with who did it.
/// </content>
public sealed partial class QueueActor
{
    private ContentsSource Contents => new(Self, _key, PersistenceId, _settings.Reader);

    private void OnContentsQuestion(ContentsQuestion question)
    {
        switch (question)
        {
            case LookInto look:
                Sender.Tell(new Glanced(_queue!.Look(look.From) ?? new QueueGlance([], [], Unread: null, 0, 0, 0)));
                break;
            case HoldMessages hold:
                _hasDelivered = true;
                Sender.Tell(new MessagesHeld(_queue!.Hold(Key(hold.ConsumerId), hold.Positions)));
                break;
        }
    }

    private void OnRemove(RemoveMessages remove)
    {
        if (_retryPause != ShortestRetryPause && IsJournaled)
        {
            Sender.Tell(remove.Refused(new Refusal(RefusalReason.Interrupted, $"the journal cannot write for {_key} now: {_unwritableReason}")));
            return;
        }

        var (count, journaled) = _queue!.Remove(remove.Positions, remove.DeadLetter);
        var requester = Sender;
        var left = remove.Positions.Sum(static range => range.Count) - count;
        _awaitingWrite.Enqueue(failure =>
        {
            if (failure is null && count > 0)
            {
                Tell(new MessagesRemoved(remove.Queue, remove.Positions, count, remove.DeadLetter, remove.Origin));
            }

            requester.Tell(new MessagesHandled(remove.RequestId, remove.Queue, failure, failure is null ? count : 0, left));
        });
        var removed = new MessagesPurged(journaled, remove.Origin);
        if (journaled.Length > 0)
        {
            PersistAsync(removed, _ => _awaitingWrite.Dequeue()(null));
        }
        else
        {
            _queue.FlushSettlements();
            DeferAsync(removed, _ => _awaitingWrite.Dequeue()(null));
        }
    }

    private Refusal? CheckContents(HistoryCommand command) => command switch
    {
        RemoveMessages or TransferMessages when _queue!.Settings.Type == QueueType.Stream =>
            new Refusal(RefusalReason.PreconditionFailed, $"{_key} is a stream: its messages stay as long as it keeps them, and are replayed by ranges"),
        RemoveMessages remove => RemoveMessages.Check(remove.Positions),
        TransferMessages transfer => RemoveMessages.Check(transfer.Positions) ?? CheckNames(transfer.TransferId, transfer.Destination, transfer.RoutingKey),
        BrowseQueue { Scope: BrowseScope.Queue, Range.From: Core.History.HistoryStart.Time } or BrowseQueue { Scope: BrowseScope.Queue, Range.UntilTime: not null } =>
            new Refusal(RefusalReason.PreconditionFailed, $"{_key} is no stream: what is in it is found by position, not by time"),
        _ => null,
    };
}
