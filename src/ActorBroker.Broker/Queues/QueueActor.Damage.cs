using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorBroker.Broker.Queues;

/// <content>
/// What the journal holds damaged. Messages are counted as lost, reported, kept in quarantine before their event is
/// trimmed, and the rest of the queue goes on. A queue that does not know what it is refuses everything.
/// </content>
public sealed partial class QueueActor
{
    // In one line of the log.
    private const int EventsNamedMax = 16;

    private const string LostRequest = "lost";

    private readonly JournalQuarantine? _quarantine;

    // Events that were reported; those that are not in quarantine yet hold the trimming back.
    private readonly HashSet<long> _reported = [];
    private readonly SortedSet<long> _unkept = [];
    private List<DamagedEvent> _damagedInReplay = [];
    private string? _damage;
    private (QueueKey Queue, long Events)? _lost;
    private bool _areLeftoversTransient = true;

    private void RecoverDamage(QueueEvent queueEvent)
    {
        // What was there before is no one's.
        _areLeftoversTransient |= queueEvent is QueueDeleted;
        if (queueEvent is not MessagesWritten written)
        {
            return;
        }

        _areLeftoversTransient &= written.IsOfTransientQueue || _replay.First == 1;
        if (DamagedEvent.Of(written, LastSequenceNr) is { } damaged)
        {
            _damagedInReplay.Add(damaged);
            foreach (var range in written.Lost)
            {
                _queue?.RecoverLost(range);
            }
        }
    }

    // True when the queue cannot be served.
    private bool ReportReplay()
    {
        if (_queue is not null && _damagedInReplay.Count > 0)
        {
            Report(_damagedInReplay, _queue.LostCount);
        }

        _damagedInReplay = [];
        var damage = _replay.Damage;
        if (damage is null && _queue is null && _hasLeftovers && _key == default && !_areLeftoversTransient)
        {
            damage = "its messages are there and its definition is not";
        }

        // A deleted queue, or one of which nothing else is left, is no loss.
        if (damage is null)
        {
            return false;
        }

        _queue = null;
        _life = QueueLife.Damaged;
        _damage = damage;
        _log.Error("{0}: journal damage: the queue is not served: {1}", PersistenceId, damage);
        return true;
    }

    // An empty queue is all in its snapshots: without any it looks like one that was deleted, but then its name would have
    // gone before its events; whoever wakes it may have read the name before that. Or it was declared once more, and that did
    // not get as far as the journal.
    private void OnLostName(NameUnregistered lost)
    {
        if (lost is { Refusal: null, WasThere: true } && _lost is var (queue, events))
        {
            _log.Error(
                "{0}: journal damage: {1} is named by its catalogue, and nothing is left of the {2} events that it had: it is taken for deleted",
                PersistenceId, queue, events);
        }
    }

    private void TakeOutName(QueueKey queue)
    {
        _lost = (queue, LastSequenceNr);
        UnregisterName(queue, LastSequenceNr > 0 ? LostRequest : NameRequest);
    }

    private void Report(IReadOnlyList<DamagedEvent> damaged, long lost)
    {
        var unknown = damaged.Where(found => _reported.Add(found.SequenceNr)).ToArray();
        if (lost == 0 && unknown.All(static found => found.Reason is null))
        {
            return;
        }

        _log.Error(
            "{0}: journal damage: {1} messages of {2} are lost with {3}; kept in {4}",
            PersistenceId, lost, _key,
            string.Join(", ", damaged.Take(EventsNamedMax)) + (damaged.Count > EventsNamedMax ? " and more" : ""),
            _quarantine?.Place ?? "the journal");
        if (_quarantine is null)
        {
            return;
        }

        foreach (var found in unknown)
        {
            if (found.Reason is { } reason)
            {
                _unkept.Add(found.SequenceNr);
                Keep(found.SequenceNr, reason);
            }
        }
    }

    private void Keep(long sequenceNr, string reason) =>
        _quarantine!.KeepEventAsync(PersistenceId, sequenceNr, reason, _settings.Clock.GetUtcNow()).PipeTo(
            Self,
            success: () => new EventKept(sequenceNr, reason, Failure: null),
            failure: exception => new EventKept(sequenceNr, reason, exception));

    private void OnKept(EventKept kept)
    {
        if (kept.Failure is null)
        {
            _unkept.Remove(kept.SequenceNr);
            return;
        }

        _log.Warning(kept.Failure, "{0}: event {1} could not be kept in quarantine, to be tried again", PersistenceId, kept.SequenceNr);
        Timers.StartSingleTimer(kept.SequenceNr, new RetryKeep(kept.SequenceNr, kept.Reason), ReadRetryDelay);
    }

    private void OnDamaged(object message)
    {
        switch (message)
        {
            case AddBindingSource add:
                Sender.Tell(new BindingSourceAnswered(add.RequestId, NotServed(add), DestinationIsDurable: false));
                break;
            case DeclareQueue declare:
                Answer(declare.RequestId, NotServed(declare), 0);
                break;
            case DeleteQueue delete:
                Answer(delete.RequestId, NotServed(delete), 0);
                break;
            case PurgeQueue purge:
                Answer(purge.RequestId, NotServed(purge), 0);
                break;
            case ResolveQueue resolve:
                Answer(resolve.RequestId, NotServed(resolve), 0);
                break;
            case DescribeQueue describe:
                Sender.Tell(new QueueDescribed(
                    describe.RequestId, describe.Queue, NotServed(describe), null, EffectivePolicy.None, 0, 0, 0));
                break;
            case HistoryCommand history:
                Sender.Tell(history.Refused(NotServed(history)));
                break;
            case WakeQueue wake:
                Sender.Tell(new QueueWoken(wake.Queue));
                break;
            case PublishBatch publish:
                Sender.Tell(new PublishFailed(publish.LinkSequence, publish.LinkSequence));
                break;
        }
    }

    private Refusal NotServed(NamedQueueCommand command) =>
        new(RefusalReason.Damaged, $"{command.Queue} is not served: its journal is damaged: {_damage}");

    private sealed record EventKept(long SequenceNr, string Reason, Exception? Failure) : INoSerializationVerificationNeeded;

    private sealed record RetryKeep(long SequenceNr, string Reason) : INoSerializationVerificationNeeded;
}
