using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.Queues;

/// <content>
/// While the journal cannot write: the write under way is tried again after pauses that grow, and everything else goes
/// on. Publishers wait for their confirms, and for room once memory is full; consumers are served with what there is,
/// and their settlements gather. What would have to be written behind that write is refused.
/// </content>
public sealed partial class QueueActor
{
    private static readonly TimeSpan ShortestRetryPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetryPause = TimeSpan.FromSeconds(10);

    private QueueWrite? _unwritable;
    private string _unwritableReason = string.Empty;
    private TimeSpan _retryPause = ShortestRetryPause;

    // What waits behind this write would come before it in the journal: then all of it fails, as for any other reason.
    private bool RetryLater(Exception cause, object rejected)
    {
        if (cause is not JournalUnavailableException)
        {
            return false;
        }

        if (rejected is QueuePolicyApplied || (rejected is MessagesWritten && _life == QueueLife.Deleting))
        {
            // A policy is compared again by the next recovery. Whether the messages of a queue that is being deleted
            // matter is decided by the deletion, which is on its way behind them.
            return true;
        }

        if (rejected is not MessagesWritten written || _life != QueueLife.Live || _awaitingWrite.Count > 0)
        {
            return false;
        }

        if (_retryPause == ShortestRetryPause)
        {
            _log.Warning("{0}: the journal cannot write ({1}); trying again until it can", PersistenceId, cause.Message);
        }

        _unwritable = written.Write;
        _unwritableReason = cause.Message;
        Timers.StartSingleTimer(RetryWrite.Instance, RetryWrite.Instance, _retryPause);
        _retryPause = _retryPause * 2 < LongestRetryPause ? _retryPause * 2 : LongestRetryPause;
        return true;
    }

    private void OnRetryWrite()
    {
        if (_unwritable is { } write && _life is QueueLife.Live or QueueLife.Stopping)
        {
            BeginWrite(write);
        }

        _unwritable = null;
    }

    private void OnRetried()
    {
        if (_retryPause > ShortestRetryPause)
        {
            _retryPause = ShortestRetryPause;
            _log.Info("{0}: the journal can write again", PersistenceId);
        }
    }

    private bool RefuseUnwritable(NamedQueueCommand command)
    {
        if (_retryPause == ShortestRetryPause || !IsJournaled)
        {
            return false;
        }

        var refusal = new Refusal(RefusalReason.Interrupted, $"the journal cannot write for {_key} now: {_unwritableReason}");
        switch (command)
        {
            case PurgeQueue purge:
                Answer(purge.RequestId, refusal, 0);
                return true;
            case DeleteQueue delete:
                Answer(delete.RequestId, refusal, 0);
                return true;
            case DeclareQueue { Passive: false } declare when QueueDeclaration.AllowsRedefinition(declare.Definition):
                Answer(declare.RequestId, refusal, 0);
                return true;
            case AddBindingSource add:
                Sender.Tell(new BindingSourceAnswered(add.RequestId, refusal, DestinationIsDurable: true));
                return true;
            default:
                return false;
        }
    }

    private sealed record RetryWrite : INoSerializationVerificationNeeded
    {
        public static RetryWrite Instance { get; } = new();
    }
}
