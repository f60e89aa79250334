using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Connections.Sessions;

/// <content>Finding queues, and what happens when their actors go.</content>
public sealed partial class BrokerSession
{
    private QueueLink LinkTo(string queue)
    {
        if (!_links.TryGetValue(queue, out var link))
        {
            link = new QueueLink(queue);
            _links.Add(queue, link);
        }

        Resolve(link);
        return link;
    }

    private void Resolve(QueueLink link)
    {
        if (link.Actor is not null || link.IsResolving)
        {
            return;
        }

        link.IsResolving = true;
        link.ResolveRequest = _requests.Add(answer => OnResolveAnswered(link, answer));
        AskForActor(link);
    }

    private void AskForActor(QueueLink link) =>
        _services.Queues.Tell(new ResolveQueue(QueueKeyOf(link.Queue), link.ResolveRequest) { Link = link.Opening }, _self);

    // The shard may have handed the question to an incarnation that was ending, which nobody answers; asking twice does
    // no harm, since only the first answer counts.
    private void AskAgain()
    {
        foreach (var link in _links.Values)
        {
            if (link.IsResolving)
            {
                AskForActor(link);
            }
        }
    }

    private void OnResolveAnswered(QueueLink link, object? answer)
    {
        if (answer is QueueResolved resolved)
        {
            _linksByActor[resolved.Actor] = link;
            _watch(resolved.Actor);
            Settle(link, () => link.Resolve(resolved, _self, BatchSafe, BatchLost));
            return;
        }

        _links.Remove(link.Queue);
        var refusal = (answer as QueueAnswered)?.Refusal ?? Overdue($"Queue '{link.Queue}'");

        // A queue that is gone has dropped its messages, as if it had been deleted after it took them; one that can't
        // be found may or may not be there.
        var isLost = refusal.Reason != RefusalReason.NotFound;
        Settle(link, () => link.Close(refusal, BatchLost, batch => _confirms.BatchDone(batch.Group, isLost, Listener)));
    }

    // What the action has of the link's batches is off the window then.
    private void Settle(QueueLink link, Func<long> settle)
    {
        var unconfirmed = link.UnconfirmedBytes;
        _bytesUnaccepted -= settle();
        _bytesUnconfirmed -= unconfirmed - link.UnconfirmedBytes;
    }

    // Runs the action with the link to the queue once it is found, or with the reason why it is not.
    private void WithQueue(string queue, Action<QueueLink> found, Action<Refusal> notFound)
    {
        if (RefuseHidden(queue, notFound))
        {
            return;
        }

        var link = LinkTo(queue);
        if (link.Actor is not null)
        {
            found(link);
            return;
        }

        link.WhenResolved(refusal =>
        {
            if (refusal is null)
            {
                found(link);
            }
            else
            {
                notFound(refusal);
            }
        });
    }

    // The stages of exchanges are the broker's own. True when the queue is one; the refusal then follows.
    private bool RefuseHidden(string queue, Action<Refusal> refuse)
    {
        if (!Stage.IsName(queue))
        {
            return false;
        }

        var refusal = new Refusal(RefusalReason.AccessRefused, $"access to {QueueKeyOf(queue)} refused for user '{User}'");
        Later(() => refuse(refusal));
        return true;
    }

    private void OnTerminated(IActorRef actor)
    {
        if (!_linksByActor.Remove(actor, out var link))
        {
            return;
        }

        Settle(link, () => link.IsOfConnection ? link.LoseSent(BatchLost) : link.LoseActor(BatchLost));
        if (!link.IsIdle)
        {
            Resolve(link);
        }

        _requests.Lose(actor, static _ => QueueLost.Instance);
        RestartConsumers(link);
        if (link.Actor is null && !link.IsResolving)
        {
            // Nobody needs it right now; a target that still holds it must route again.
            _links.Remove(link.Queue);
            link.Close(new Refusal(RefusalReason.NotFound, string.Empty), static _ => { }, static _ => { });
        }
    }
}
