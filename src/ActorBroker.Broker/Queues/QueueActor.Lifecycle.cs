using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Transactions;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <content>The commands that come by the queue's name, and what waits for the journal.</content>
public sealed partial class QueueActor
{
    // Exchanges are awaited by their names, of which none is empty: bindings to the default exchange are implicit.
    private const string NameRequest = "";

    // What is asked may be lost with the node that it went to.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(3);

    private readonly HashSet<string> _cleanUpAwaits = new(StringComparer.Ordinal);

    // Answers that events on their way to the journal will allow, in the order of the events; with null, or why not.
    private readonly Queue<Action<Refusal?>> _awaitingWrite = new();
    private IActorRef? _requester;
    private long _requestId;
    private long _deletedCount;
    private Origin? _deletedBy;
    private bool _isForgotten;

    private void OnNamedCommand(NamedQueueCommand command)
    {
        _isAddressed |= command is not WakeQueue;
        if (RefuseUnwritable(command))
        {
            return;
        }

        switch (command)
        {
            case ResolveQueue resolve:
                OnResolve(resolve);
                break;
            case DeclareQueue declare:
                OnDeclareExisting(declare);
                break;
            case DeleteQueue delete:
                OnDelete(delete);
                break;
            case PurgeQueue purge:
                OnPurge(purge);
                break;
            case AddBindingSource add:
                OnAddBindingSource(add);
                break;
            case DescribeQueue describe:
                Sender.Tell(new QueueDescribed(
                    describe.RequestId, _key, null, _definition, _policy, _queue!.ReadyCount, _queue.UnsettledCount, _queue.ConsumerCount)
                {
                    LostCount = _queue.LostCount,
                    RetainedCount = _queue.RetainedCount,
                    RetainedBytes = _queue.RetainedBytes,
                    DeclaredBy = _declaredBy,
                });
                break;
            case WakeQueue wake:
                OnWake(wake);
                break;
        }
    }

    private void OnPurge(PurgeQueue purge)
    {
        if ((IsLockedFor(Sender) ? QueueDeclaration.Locked(_key) : _queue!.CheckPurge(_key)) is { } refusal)
        {
            Answer(purge.RequestId, refusal, 0);
            return;
        }

        var (count, journaled) = _queue!.Purge();
        var requester = Sender;
        _awaitingWrite.Enqueue(failure =>
        {
            if (failure is null)
            {
                Tell(new QueuePurged(_key, count, purge.Origin));
            }

            requester.Tell(new QueueAnswered(purge.RequestId, failure, count, _queue?.ConsumerCount ?? 0));
        });
        var purged = new MessagesPurged(journaled, purge.Origin);
        if (journaled.Length > 0)
        {
            PersistAsync(purged, _ => _awaitingWrite.Dequeue()(null));
        }
        else
        {
            // What has left the queue may still be on its way to the journal: whoever hears of the purge meets none of it again.
            DeferAsync(purged, _ => _awaitingWrite.Dequeue()(null));
        }
    }

    private void OnAddBindingSource(AddBindingSource add)
    {
        var durable = IsJournaled;
        if (IsLockedFor(add.Connection))
        {
            Sender.Tell(new BindingSourceAnswered(add.RequestId, QueueDeclaration.Locked(_key), durable));
            return;
        }

        var requester = Sender;
        _awaitingWrite.Enqueue(failure => requester.Tell(new BindingSourceAnswered(add.RequestId, failure, durable)));
        var added = new BindingSourceAdded(add.Exchange);
        if (_bindingSources.Add(add.Exchange) && durable)
        {
            PersistAsync(added, _ => _awaitingWrite.Dequeue()(null));
        }
        else
        {
            // The event that says so may still be on its way to the journal.
            DeferAsync(added, _ => _awaitingWrite.Dequeue()(null));
        }
    }

    // Who resolves or wakes a queue has its name from the catalogue. A queue that is not there all the same was declared
    // but did not get as far as the journal, or was transient and its actor failed: nothing may be routed to it.
    private void RefuseAbsent(NamedQueueCommand command)
    {
        switch (command)
        {
            case AddBindingSource add:
                Sender.Tell(new BindingSourceAnswered(add.RequestId, QueueDeclaration.NotFound(add.Queue), DestinationIsDurable: false));
                break;
            case DeleteQueue delete:
                Answer(delete.RequestId, refusal: null, 0);
                break;
            case DeclareQueue declare:
                Answer(declare.RequestId, QueueDeclaration.NotFound(declare.Queue), 0);
                break;
            case PurgeQueue purge:
                Answer(purge.RequestId, QueueDeclaration.NotFound(purge.Queue), 0);
                break;
            case ResolveQueue resolve:
                Answer(resolve.RequestId, QueueDeclaration.NotFound(resolve.Queue), 0);
                UnregisterName(resolve.Queue);
                break;
            case DescribeQueue describe:
                Sender.Tell(new QueueDescribed(
                    describe.RequestId, describe.Queue, QueueDeclaration.NotFound(describe.Queue), null, EffectivePolicy.None, 0, 0, 0));
                break;
            case HistoryCommand history:
                Sender.Tell(history.Refused(QueueDeclaration.NotFound(history.Queue)));
                break;
            case WakeQueue wake:
                Sender.Tell(new QueueWoken(wake.Queue));
                TakeOutName(wake.Queue);
                break;
            case EndTransaction { Committed: true } end:
                _settings.TransactionRegion(Context.System).Tell(new TransactionApplied(end.Id, end.Queue));
                break;
        }
    }

    // Being declared or deleted: everything by name waits for the outcome.
    private void OnChanging(object message)
    {
        switch (message)
        {
            case NameRegistered registered when _life == QueueLife.Declaring:
                OnNameRegistered(registered);
                break;
            case DestinationRemoved { Refusal: null } removed:
                OnCleanedUp(removed.RequestId);
                break;
            case NameUnregistered { Refusal: null } unregistered:
                OnCleanedUp(unregistered.RequestId);
                break;
            case DestinationRemoved or NameUnregistered:
                // Told again with the next tick.
                break;
            case CleanUpTick when _life == QueueLife.Declaring:
                OnRegistrationDue();
                break;
            case CleanUpTick when _cleanUpAwaits.Count > 0:
                TellCleanUp();
                break;
            case AddBindingSource add when _life == QueueLife.Deleting:
                // Its exchange may have to hear this before it turns to the removal that is awaited here.
                RefuseAbsent(add);
                break;
            case NamedQueueCommand:
                Stash.Stash();
                break;
            case PublishBatch publish:
                Sender.Tell(new PublishProgress(publish.LinkSequence, publish.LinkSequence));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void AnswerRequest(Refusal? refusal, long messageCount)
    {
        _requester?.Tell(new QueueAnswered(_requestId, refusal, messageCount, 0));
        _requester = null;
        _declaring = null;
    }

    private void FailRequest()
    {
        var refusal = new Refusal(RefusalReason.Interrupted, $"the journal could not write for {_key}");
        while (_awaitingWrite.TryDequeue(out var answer))
        {
            answer(refusal);
        }

        if (_requester is not null)
        {
            AnswerRequest(refusal, 0);
        }
    }

    private void Answer(long requestId, Refusal? refusal, long messageCount) =>
        Sender.Tell(new QueueAnswered(requestId, refusal, messageCount, _queue?.ConsumerCount ?? 0));

    private sealed record CleanUpTick : INoSerializationVerificationNeeded
    {
        public static CleanUpTick Instance { get; } = new();
    }
}
