using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Persistence;

namespace ActorBroker.Broker.Queues;

/// <content>The queue's end: its messages, its bindings and its name go, in an order that a restart can take up again.</content>
public sealed partial class QueueActor
{
    private readonly List<ConsumerCancelled> _requestersConsumers = [];

    // Until its deletion is written: what is on its way to the journal counts as taken then, and has failed otherwise.
    private IQueueRules? _ending;

    private void OnDelete(DeleteQueue delete)
    {
        Refusal? refusal = null;
        if (IsLockedFor(Sender))
        {
            refusal = QueueDeclaration.Locked(_key);
        }
        else if (delete.IfUnused && _queue!.ConsumerCount > 0)
        {
            refusal = new Refusal(RefusalReason.PreconditionFailed, $"{_key} in use");
        }
        else if (delete.IfEmpty && _queue!.ReadyCount > 0)
        {
            refusal = new Refusal(RefusalReason.PreconditionFailed, $"{_key} not empty");
        }

        if (refusal is not null)
        {
            Answer(delete.RequestId, refusal, 0);
            return;
        }

        BeginDelete(Sender, delete.RequestId, delete.Origin);
    }

    private void BeginDelete(IActorRef? requester, long requestId, Origin origin)
    {
        _requester = requester;
        _requestId = requestId;
        _deletedBy = origin;
        _deletedCount = _queue!.ReadyCount;
        _life = QueueLife.Deleting;
        EndReaders(new Refusal(RefusalReason.NotFound, $"{_key} was deleted"));
        TellConsumers();
        _ending = _queue;
        _queue = null;
        _owner = null;
        if (IsJournaled)
        {
            Persist(new QueueDeleted(origin), _ => BeginCleanUp());
        }
        else
        {
            BeginCleanUp();
        }
    }

    // Whoever deletes the queue reads that it is deleted before its own consumers are cancelled, as in RabbitMQ: a client
    // that waits for the one would not expect the other.
    private void TellConsumers()
    {
        _requestersConsumers.Clear();
        foreach (var consumer in _queue!.Consumers)
        {
            var connection = _connections.ActorOf(consumer.Connection);
            if (connection is not null && connection.Equals(_requester))
            {
                _requestersConsumers.Add(new ConsumerCancelled(consumer.ConsumerId));
            }
            else
            {
                connection?.Tell(new ConsumerCancelled(consumer.ConsumerId));
            }
        }
    }

    private void AnswerDeleted()
    {
        var requester = _requester;
        AnswerRequest(refusal: null, _deletedCount);
        foreach (var cancelled in _requestersConsumers)
        {
            requester?.Tell(cancelled);
        }

        _requestersConsumers.Clear();
    }

    private void BeginCleanUp()
    {
        _ending?.Abandon();
        _ending = null;
        _cleanUpAwaits.Clear();
        _cleanUpAwaits.UnionWith(_bindingSources);
        _cleanUpAwaits.Add(NameRequest);
        TellCleanUp();
    }

    private Origin DeletedBy => _deletedBy ?? new Origin(string.Empty, "clean-up after a restart", _settings.Clock.GetUtcNow());

    // Told again until every one has answered: a queue that is gone must leave nothing that routes to it.
    private void TellCleanUp()
    {
        foreach (var awaited in _cleanUpAwaits)
        {
            if (awaited == NameRequest)
            {
                UnregisterName(_key);
            }
            else
            {
                _settings.ExchangeRegion(Context.System).Tell(new RemoveDestination(
                    new ExchangeKey(_key.VirtualHost, awaited), awaited, Destination.Queue(_key.Name), DeletedBy));
            }
        }

        Timers.StartSingleTimer(CleanUpTick.Instance, CleanUpTick.Instance, AskAgainAfter);
    }

    private void UnregisterName(QueueKey queue, string request = NameRequest) =>
        _settings.CatalogueRegion(Context.System).Tell(
            new UnregisterName(queue.VirtualHost, DestinationKind.Queue, queue.Name, request));

    private void OnCleanedUp(string requestId)
    {
        if (!_cleanUpAwaits.Remove(requestId) || _cleanUpAwaits.Count > 0)
        {
            return;
        }

        Timers.Cancel(CleanUpTick.Instance);
        TellDeleted();
        AnswerDeleted();
        if (LastSequenceNr == 0)
        {
            Leave();
            return;
        }

        // The next incarnation must not find half of what is being deleted: what is on its way comes first, an event of
        // a queue whose deletion is none itself (spilled messages, their settlements) and a snapshot.
        DeferAsync(requestId, _ =>
        {
            _isForgotten = true;
            if (!_isSavingSnapshot)
            {
                ForgetSnapshots();
            }
        });
    }

    // Bounded, so that it can never take a snapshot of the queue's next life.
    private void ForgetSnapshots() => DeleteSnapshots(new SnapshotSelectionCriteria(LastSequenceNr));
}
